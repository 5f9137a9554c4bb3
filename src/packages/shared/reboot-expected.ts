import type { Change, RebootRequired } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { hiddenProcesses } from '../../host/process-table.ts';
import { answered } from './reboot.ts';
import { mappedProcesses, type MappedProcess } from './mapped-files.ts';
import { runsOwnKernel } from './virtualization.ts';

/** What differs between the families. */
type Family = {
  /** Whether a package's new version takes effect at boot only: kernels and what is loaded into processors. */
  isForBoot: (name: string) => boolean;
  /** The paths of the version that is installed. */
  filesOf: (change: Change) => Promise<readonly string[]>;
};

/**
 * Why a reboot is expected after this plan, as far as can be said beforehand: it brings a kernel, or
 * replaces code that a process runs which no package restarts. It is an expectation; after the
 * change the host is asked again.
 */
export async function expectReboot(
  tools: HostTools,
  changes: readonly Change[],
  family: Family,
): Promise<RebootRequired> {
  if (changes.length === 0) return answered('no', 'nothing changes');
  const atBoot = changes.filter(({ name }) => family.isForBoot(name));
  if (atBoot.length > 0 && (await runsOwnKernel(tools.run))) {
    const names = atBoot.map(({ name }) => name).join(', ');
    return answered('yes', `takes effect at boot only: ${names}`);
  }
  const { running, hidden } = await runningCode(changes, family);
  if (running.length === 0) {
    if (hidden.length > 0) return answered('unknown', hiddenProcesses(hidden));
    return answered('no', 'no running process uses code that these packages replace');
  }
  return answered('yes', `running processes use code that is replaced: ${running.join(', ')}`);
}

/** `systemd (libssl3)` for each process that uses a library of another package than the one that restarts it. */
async function runningCode(changes: readonly Change[], { filesOf }: Family) {
  const owners = new Map<string, string>();
  for (const change of changes) {
    if (change.oldVersion === null) continue;
    for (const path of await filesOf(change)) owners.set(withoutUsr(path), change.name);
  }
  const { found, hidden } = await mappedProcesses('present');
  const running = [...new Set(found.flatMap((one) => describeUse(one, owners)))];
  return { running: running.slice(0, NAMED_MAX), hidden };
}

const NAMED_MAX = 8;

function describeUse(
  { name, files }: MappedProcess,
  owners: ReadonlyMap<string, string>,
): string[] {
  const [own, ...others] = files.map((file) => owners.get(withoutUsr(file)));
  // The first mapped file is the program itself; its package restarts it.
  const owner = others.find((one) => one !== undefined && one !== own);
  return owner === undefined ? [] : [`${name} (${owner})`];
}

/** A package says `/lib/x`, the kernel `/usr/lib/x`, where the one is a link to the other. */
function withoutUsr(path: string): string {
  return path.replace(/^\/usr(?=\/(?:lib|bin|sbin))/, '');
}
