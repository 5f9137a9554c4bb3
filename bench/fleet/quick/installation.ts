import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflows } from '../../../scripts/building/workflow-bundle.ts';
import { onInstallation, type Installation } from '../installation.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

/** As {@link onInstallation}, with the real rollout over quick cycles: see quick-cycle.ts. */
export async function onQuickInstallation<T>(
  measure: (installation: Installation) => Promise<T>,
): Promise<T> {
  await using directory = await temporaryDirectory();
  const { code } = await bundleWorkflows(
    { ...silent, warn: console.warn, error: console.error },
    new URL('index.ts', import.meta.url).pathname,
  );
  const bundlePath = join(directory.path, 'workflows.js');
  await writeFile(bundlePath, code);
  return await onInstallation(measure, bundlePath);
}

const nothing = () => undefined;
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing };
