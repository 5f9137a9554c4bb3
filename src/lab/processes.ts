import { readFileSync } from 'node:fs';

/** Reads /proc. A process identifier is used again some day; with the start time it names one process. */

/** Clock ticks from the machine's boot to the process's start; null when there is no such process. */
export function processStartTicks(pid: number): string | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  // The second field, the program's name in brackets, may hold spaces and brackets itself.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  // A zombie is gone, only its parent has not looked yet.
  return state === undefined || state === 'Z' || state === 'X' ? null : (fields?.[19] ?? null);
}

export function childrenOf(pid: number): number[] {
  const children = readOrNull(`/proc/${pid}/task/${pid}/children`) ?? '';
  return children.split(' ').filter(Boolean).map(Number);
}

/** Whether this process is number 1 of a process namespace of its own. */
export function leadsNamespace(pid: number): boolean {
  const status = readOrNull(`/proc/${pid}/status`) ?? '';
  return /^NSpid:.*\t1$/m.test(status);
}

export function programOf(pid: number): string {
  return (readOrNull(`/proc/${pid}/comm`) ?? '').trim();
}

/** Ends the process by SIGKILL; harmless when it is gone already. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Null when the process is gone, which may happen between any two looks. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
