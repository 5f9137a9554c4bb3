import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PackageFile, PackageSpec } from './packages.ts';

export type NamedFile = PackageFile & { path: string };

/** The files of a description, each with its path. */
export function filesOf(spec: PackageSpec): NamedFile[] {
  return Object.entries(spec.files ?? {}).map(([path, file]) => ({
    path,
    ...(typeof file === 'string' ? { content: file } : file),
  }));
}

/** Lays the files out below `tree`, from which an archive is then made. */
export async function layOut(files: readonly NamedFile[], tree: string): Promise<void> {
  for (const { path, content, mode } of files) {
    const place = join(tree, path);
    await mkdir(dirname(place), { recursive: true, mode: 0o755 });
    await writeFile(place, content);
    await chmod(place, mode ?? 0o644);
  }
}
