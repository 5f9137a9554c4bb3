import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BadRequest } from '../client/index.ts';

/**
 * A file of the project's sources, by its path there; null where this is a built patchcycle that
 * was installed without them. The project's root is the nearest folder above that has its
 * package.json, wherever the build put this code.
 */
export function sourceFile(path: string): string | null {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!isProjectRoot(directory)) {
    const above = dirname(directory);
    if (above === directory) return null;
    directory = above;
  }
  const file = join(directory, path);
  return existsSync(file) ? file : null;
}

function isProjectRoot(directory: string): boolean {
  const manifest = join(directory, 'package.json');
  if (!existsSync(manifest)) return false;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'patchcycle';
}

/** A file that the build makes. Throws BadRequest when nothing was built. */
export function builtFile(name: string): string {
  const file = sourceFile(`dist/${name}`);
  if (file !== null) return file;
  throw new BadRequest(
    `This patchcycle was not built: dist/${name} is missing.`,
    'Build it in the project: npm run build',
  );
}
