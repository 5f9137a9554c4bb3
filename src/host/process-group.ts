import { errnoOf } from './errno.ts';

/** Time that a program has to end by itself after SIGTERM. */
const GRACE_MS = 2_000;

/**
 * Ends a process group: SIGTERM, and SIGKILL two seconds later for what is left of it. For
 * commands and hooks only; what changes packages runs as a job and is never ended so.
 */
export function endGroup(leaderPid: number | undefined): void {
  if (leaderPid === undefined) return;
  signalGroup(leaderPid, 'SIGTERM');
  setTimeout(() => signalGroup(leaderPid, 'SIGKILL'), GRACE_MS).unref();
}

function signalGroup(leaderPid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leaderPid, signal);
  } catch (error) {
    // Nothing is left of the group: that is what was wanted.
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}
