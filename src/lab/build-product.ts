import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runWithProgress } from './run.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** What goes into dist/, and what decides how it is made. */
const SOURCES = [
  'src',
  'workflows',
  'activities',
  'packaging',
  'scripts/build.ts',
  'scripts/building',
  'package-lock.json',
];
/** Written by the build, each at its end or nearly so. */
const PRODUCTS = [
  'dist/workflows.js',
  'dist/patchcycle.js',
  'dist/agent/agent.cjs',
  'dist/agent/LICENSE',
];

/** Takes ten seconds; a machine under load may need longer. */
const BUILD_TIMEOUT_MS = 5 * 60_000;

/** Builds dist/ where it is missing or older than the sources. */
export async function ensureBuilt(progress: (line: string) => void): Promise<void> {
  const built = await Promise.all(PRODUCTS.map((path) => changedMs(join(ROOT, path))));
  const oldest = Math.min(...built.map((ms) => ms ?? Number.NEGATIVE_INFINITY));
  const newest = Math.max(
    ...(await Promise.all(SOURCES.map((path) => newestMs(join(ROOT, path))))),
  );
  if (newest <= oldest) return;
  progress('building dist/');
  await runWithProgress(
    [process.execPath, join(ROOT, 'scripts/build.ts')],
    progress,
    BUILD_TIMEOUT_MS,
  );
}

async function newestMs(path: string): Promise<number> {
  if (!(await stat(path)).isDirectory()) return (await stat(path)).mtimeMs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const changed = await Promise.all(
    files.map(async (file) => (await changedMs(join(file.parentPath, file.name))) ?? 0),
  );
  return Math.max(0, ...changed);
}

/** Null where the file is missing: one that an editor replaces in this moment is looked at next time. */
async function changedMs(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
