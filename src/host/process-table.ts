import { readFile, readdir } from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/** One process as /proc tells it; see proc_pid_stat(5). */
export type ProcessEntry = {
  pid: number;
  /** The kernel's name of the program, 15 characters at most; of a script it is the script's own. */
  name: string;
  /** `Z` is a process that has ended and was not yet waited for. */
  state: string;
  parentPid: number;
  sessionId: number;
  /** Clock ticks from boot to its start. A pid is used again, a pid with its start is not. */
  startTicks: string;
};

/** The process of this pid, or null when there is none. */
export async function readProcess(pid: number): Promise<ProcessEntry | null> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    // ESRCH: it ended between opening and reading.
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ESRCH') return null;
    throw error;
  }
}

/** Every process that this one can see. */
export async function listProcesses(): Promise<ProcessEntry[]> {
  const names = await readdir('/proc');
  const found = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))),
  );
  return found.filter((entry) => entry !== null);
}

/** Whether exactly this process is still there and has not ended. */
export async function isAlive(process: { pid: number; startTicks: string }): Promise<boolean> {
  const entry = await readProcess(process.pid);
  return entry !== null && entry.startTicks === process.startTicks && entry.state !== 'Z';
}

/** Parses a line of /proc/PID/stat. The name may hold spaces and brackets; the last bracket ends it. */
export function parseStat(stat: string): ProcessEntry {
  const nameStart = stat.indexOf('(');
  const nameEnd = stat.lastIndexOf(')');
  // Fields after the name, beginning with field 3 of the manual page.
  const fields = stat
    .slice(nameEnd + 2)
    .trimEnd()
    .split(' ');
  const [state, parentPid] = fields;
  const sessionId = fields[3];
  const startTicks = fields[19];
  if (!state || !parentPid || !sessionId || !startTicks) {
    throw new Error(`/proc has a process line that proc_pid_stat(5) does not describe: ${stat}`);
  }
  return {
    pid: Number(stat.slice(0, nameStart)),
    name: stat.slice(nameStart + 1, nameEnd),
    state,
    parentPid: Number(parentPid),
    sessionId: Number(sessionId),
    startTicks,
  };
}

/** What cannot be said of processes that may not be looked at, as a piece of a sentence. */
export function hiddenProcesses(pids: readonly number[]): string {
  const some = pids.slice(0, 5).join(', ');
  const more = pids.length > 5 ? ` and ${pids.length - 5} more` : '';
  return `processes may not be looked at (pid ${some}${more})`;
}
