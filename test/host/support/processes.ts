import { setTimeout as sleep } from 'node:timers/promises';
import { readProcess } from '../../../src/host/process-table.ts';

/** Waits until a condition holds; 15 s at most, or what is said, and says then what was waited for. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  longestMs = 15_000,
): Promise<void> {
  for (let waitedMs = 0; waitedMs < longestMs; waitedMs += 15) {
    if (await holds()) return;
    await sleep(15);
  }
  throw new Error(`Waited in vain: ${what}`);
}

/** Waits until a process has ended. */
export async function untilGone(pid: number): Promise<void> {
  await until(`process ${pid} ends`, async () => {
    const entry = await readProcess(pid);
    return entry === null || entry.state === 'Z';
  });
}
