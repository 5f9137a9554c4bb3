import { availableParallelism } from 'node:os';

/** Archives are unpacked beside each other, but a small server shall go on serving meanwhile. */
const AT_ONCE_MAX = 4;

/** Does the work for every item, some at once; ends with the first error. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const takeNext = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  const workers = Math.min(AT_ONCE_MAX, availableParallelism());
  await Promise.all(Array.from({ length: workers }, takeNext));
}
