import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../scripts/building/workflow-bundle.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', '.cache', 'tests');

/** The environment variable that tells the tests where the bundle is. */
export const TEST_BUNDLE = 'PATCHCYCLE_TEST_BUNDLE';

/**
 * Jest runs this once, before the layer's tests. Each of its test files is a world of its own, in
 * which webpack would be loaded anew and the workflows bundled again.
 */
export default async function bundleOnce(): Promise<void> {
  const { code } = await bundleQuietly();
  const file = join(DIRECTORY, 'workflows.js');
  const incoming = `${file}.${process.pid}`;
  await mkdir(DIRECTORY, { recursive: true });
  await writeFile(incoming, code);
  // Another run may be reading the one of before.
  await rename(incoming, file);
  process.env[TEST_BUNDLE] = file;
}

export function bundleQuietly(): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflows({
    log() {},
    trace() {},
    debug() {},
    info() {},
    warn: console.warn,
    error: console.error,
  });
}
