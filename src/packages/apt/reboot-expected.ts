import type { Change, RebootRequired } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import { readFileList } from './file-lists.ts';
import { mappedProcesses, type MappedProcess } from './mapped-files.ts';
import { runsOwnKernel } from './virtualization.ts';

/** Packages whose new version takes effect at boot only: kernels and what is loaded into processors. */
const BOOT_PACKAGES =
  /^(?:linux-image-\d.*|linux-image-unsigned-\d.*|intel-microcode|amd64-microcode)$/;

/**
 * Why a reboot is expected after this plan, as far as can be said beforehand: it brings a kernel, or
 * replaces code that a process runs which no package restarts. It is an expectation; after the
 * change the host is asked again.
 */
export async function expectReboot(
  tools: HostTools,
  changes: readonly Change[],
  native: string,
): Promise<RebootRequired> {
  if (changes.length === 0) return { answer: 'no', reason: 'nothing changes' };
  const atBoot = changes.filter(({ name }) => BOOT_PACKAGES.test(name));
  if (atBoot.length > 0 && (await runsOwnKernel(tools.run))) {
    const names = atBoot.map(({ name }) => name).join(', ');
    return {
      answer: 'yes',
      reason: `takes effect at boot only: ${names}`.slice(0, REASON_LENGTH_MAX),
    };
  }
  const running = await runningCode(changes, native);
  if (running.length === 0) {
    return { answer: 'no', reason: 'no running process uses code that these packages replace' };
  }
  const reason = `running processes use code that is replaced: ${running.join(', ')}`;
  return { answer: 'yes', reason: reason.slice(0, REASON_LENGTH_MAX) };
}

const REASON_LENGTH_MAX = 500;

/** `systemd (libssl3)` for each process that uses a library of another package than the one that restarts it. */
async function runningCode(changes: readonly Change[], native: string): Promise<string[]> {
  const owners = new Map<string, string>();
  for (const change of changes) {
    if (change.oldVersion === null) continue;
    for (const path of await readFileList(change, native))
      owners.set(withoutUsr(path), change.name);
  }
  const processes = await mappedProcesses('present');
  return [...new Set(processes.flatMap((one) => describeUse(one, owners)))].slice(0, NAMED_MAX);
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
