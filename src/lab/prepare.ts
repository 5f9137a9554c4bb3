import { sweepLeftovers } from './directory.ts';
import { ensureRequirements } from './requirements.ts';
import { ensureRootfs } from './rootfs.ts';

/**
 * Makes everything ready for starting lab hosts: installs what this machine lacks, removes what a
 * killed run left behind, builds and caches the root file systems. `progress` gets lines for people.
 * Throws one sentence that says what to do when the machine cannot have lab hosts.
 */
export async function prepareLab(progress: (line: string) => void): Promise<void> {
  await ensureRequirements(progress);
  for (const name of await sweepLeftovers())
    progress(`removed ${name}, which an earlier run had left behind`);
  await ensureRootfs('deb', progress);
  await ensureRootfs('rpm', progress);
}
