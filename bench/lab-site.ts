import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSite, type Site } from '../src/lab/site.ts';

/** Runs a measurement on a site of its own, which is removed afterwards whatever happens. */
export async function onSite<T>(measure: (site: Site) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-bench-'));
  try {
    const site = await startSite({ reportsDirectory: directory, log: () => undefined });
    try {
      return await measure(site);
    } finally {
      await site.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
