import { watch, type FSWatcher } from 'node:fs';
import { errnoOf } from './errno.ts';

export type Doorbell = {
  /**
   * Resolves when something in the directory has changed since the last call, or after `maxMs`.
   * Throws the signal's reason when it is aborted.
   */
  wait(maxMs: number, signal?: AbortSignal): Promise<void>;
  close(): void;
};

/** Tells at once when a file appears in a directory, so that nobody has to look all the time. */
export function openDoorbell(directory: string): Doorbell {
  let rung = false;
  let wake = () => {};
  const watcher = watchOrNull(directory, () => {
    rung = true;
    wake();
  });

  async function wait(maxMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (!rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, maxMs);
        wake = () => (clearTimeout(timer), resolve());
        signal?.addEventListener('abort', wake, { once: true });
      });
      signal?.removeEventListener('abort', wake);
    }
    rung = false;
    signal?.throwIfAborted();
  }

  return { wait, close: () => watcher?.close() };
}

/** The kernel has a limit of watchers; without one `maxMs` is left, which is slower and no less right. */
function watchOrNull(directory: string, ring: () => void): FSWatcher | null {
  try {
    const watcher = watch(directory, ring);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch (error) {
    if (errnoOf(error) === 'ENOSPC' || errnoOf(error) === 'EMFILE') return null;
    throw error;
  }
}
