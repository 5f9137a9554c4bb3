import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf } from './errno.ts';
import { isAlive, listProcesses, type ProcessEntry } from './process-table.ts';

/**
 * Programs that change packages. Ending one in its middle leaves packages broken that even its own
 * repair does not always mend (measured: 24 of 26 kills), so none is ever sent a signal.
 */
const PACKAGE_TOOL =
  /^(?:apt|apt-get|aptitude|dpkg|dpkg-.+|rpm|rpmdb|rpm-.+|dnf|dnf-.+|dnf5.*|yum|microdnf|tdnf|zypper)$/;

export function isPackageTool(name: string): boolean {
  return PACKAGE_TOOL.test(name);
}

/** Rounds in which only the outermost processes are ended; a script whose `sleep` was ended may go on by itself. */
const GENTLE_ROUNDS = 3;

/** What a process is given between SIGTERM and SIGKILL. */
const GRACE_MS = 10_000;

const POLL_MS = 100;

/**
 * Ends what hangs below a package tool, again and again until the tool itself comes to its end,
 * which `over` tells: first the leaves of its process tree (the command that a maintainer script
 * waits for), from the fourth round on everything below it that is no package tool.
 */
export async function endWhatHangs(rootPid: number, over: AbortSignal): Promise<void> {
  for (let round = 1; !over.aborted; round += 1) {
    const victims = chooseVictims(await listProcesses(), rootPid, round > GENTLE_ROUNDS);
    for (const victim of victims) signalProcess(victim, 'SIGTERM');
    await untilGone(victims, over);
    for (const victim of victims) {
      if (await isAlive(victim)) signalProcess(victim, 'SIGKILL');
    }
    // The tool needs a moment to notice; and where there is no victim, one only waits.
    await sleep(10 * POLL_MS);
  }
}

/**
 * Which processes of the tree below `rootPid`, itself included, are ended next: its leaves, or with
 * `thorough` all of it; package tools never.
 */
export function chooseVictims(
  processes: readonly ProcessEntry[],
  rootPid: number,
  thorough: boolean,
): ProcessEntry[] {
  const living = processes.filter(({ state }) => state !== 'Z');
  const tree = treeBelow(living, rootPid);
  const parents = new Set(tree.map(({ parentPid }) => parentPid));
  return tree.filter(
    (entry) => !isPackageTool(entry.name) && (thorough || !parents.has(entry.pid)),
  );
}

function treeBelow(processes: readonly ProcessEntry[], rootPid: number): ProcessEntry[] {
  const children = Map.groupBy(processes, ({ parentPid }) => parentPid);
  const tree = processes.filter(({ pid }) => pid === rootPid);
  // The list grows while it is walked: each process brings its children.
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

async function untilGone(processes: readonly ProcessEntry[], over: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < GRACE_MS && !over.aborted; waitedMs += POLL_MS) {
    const alive = await Promise.all(processes.map(isAlive));
    if (!alive.includes(true)) return;
    await sleep(POLL_MS);
  }
}

function signalProcess(entry: ProcessEntry, signal: NodeJS.Signals): void {
  try {
    process.kill(entry.pid, signal);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}
