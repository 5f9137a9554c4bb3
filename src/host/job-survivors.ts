import { setTimeout as sleep } from 'node:timers/promises';
import { isSameBoot, readBootIdentity } from './boot-identity.ts';
import { endWhatHangs } from './hanging.ts';
import type { JobStart } from './job-files.ts';
import { isAlive, listProcesses, type ProcessEntry } from './process-table.ts';

const LOOK_EVERY_MS = 500;

/** Beyond its deadline, this much is waited for what a job left behind; as long as its supervisor would. */
const AFTER_DEADLINE_MS = 30 * 60_000;

/** Whether the job's supervisor is still at work, in this boot of the host. */
export async function isSupervised(start: JobStart): Promise<boolean> {
  return isSameBoot(start.boot, await readBootIdentity()) && (await isAlive(start));
}

/**
 * Waits until nothing is left of what a killed supervisor had started, because a package tool that
 * lost its supervisor goes on, and a second one must not be started beside it. Does what the
 * supervisor would have done at the deadline. After a reboot there is nothing to wait for.
 */
export async function waitForSurvivors(
  start: JobStart,
  deadlineMs: number,
  progress: (text: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!isSameBoot(start.boot, await readBootIdentity())) return;
  const deadlineAt = Date.parse(start.at) + deadlineMs;
  const over = new AbortController();
  let ending = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      const survivors = await survivorsOf(start);
      const now = Date.now();
      if (survivors.length === 0 || now > deadlineAt + AFTER_DEADLINE_MS) return;
      progress(
        `waiting for ${survivors.map(({ name }) => name).join(', ')}, which lost its supervisor`,
      );
      if (now > deadlineAt && !ending) {
        ending = true;
        for (const { pid } of rootsOf(survivors)) {
          endWhatHangs(pid, over.signal).catch((error: unknown) => progress(String(error)));
        }
      }
      await sleep(LOOK_EVERY_MS);
    }
  } finally {
    over.abort();
  }
}

/**
 * Everything that still runs in the supervisor's session. The kernel gives a session's number to
 * no new process while a member of it lives.
 */
async function survivorsOf({ pid }: JobStart): Promise<ProcessEntry[]> {
  const processes = await listProcesses();
  return processes.filter(({ sessionId, state }) => sessionId === pid && state !== 'Z');
}

function rootsOf(processes: readonly ProcessEntry[]): ProcessEntry[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  return processes.filter(({ parentPid }) => !pids.has(parentPid));
}
