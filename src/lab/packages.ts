import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runOrThrow } from './run.ts';

/** Real Debian packages, made by dpkg-deb from a description. */

export type PackageFile = { content: string; mode?: number; isConfiguration?: boolean };

export type MaintainerScript = 'preinst' | 'postinst' | 'prerm' | 'postrm';

export type PackageSpec = {
  name: string;
  version: string;
  /** More fields of the control file, for example Depends or Conflicts. */
  fields?: Readonly<Record<string, string>>;
  /** What it installs, by absolute path. */
  files?: Readonly<Record<string, string | PackageFile>>;
  /** Bodies of maintainer scripts; `#!/bin/sh` and `set -e` go before them. */
  scripts?: Readonly<Partial<Record<MaintainerScript, string>>>;
  /** Lines of the newest changelog entry, where CVEs are named; served by the repository. */
  changes?: readonly string[];
};

export type BuiltPackage = {
  name: string;
  version: string;
  /** The package file on this machine. */
  file: string;
  /** The control file's text as dpkg-deb reads it back. */
  control: string;
  sizeBytes: number;
  sha256: string;
  changes: readonly string[];
};

/** The same description gives the same archive, bit for bit: everything in it carries this time. */
const BUILD_TIME_SECONDS = '1767225600';

/** Builds the package into `directory`, which must exist, and answers what was built. */
export async function buildPackage(spec: PackageSpec, directory: string): Promise<BuiltPackage> {
  const file = join(directory, `${spec.name}_${spec.version}_all.deb`);
  const tree = `${file}.tree`;
  try {
    await layOut(spec, tree);
    await runOrThrow(['dpkg-deb', '-Zgzip', '--root-owner-group', '--build', tree, file], {
      env: { SOURCE_DATE_EPOCH: BUILD_TIME_SECONDS },
    });
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
  const archive = await readFile(file);
  return {
    name: spec.name,
    version: spec.version,
    file,
    control: await runOrThrow(['dpkg-deb', '--field', file]),
    sizeBytes: archive.length,
    sha256: createHash('sha256').update(archive).digest('hex'),
    changes: spec.changes ?? [],
  };
}

async function layOut(spec: PackageSpec, tree: string): Promise<void> {
  const files = Object.entries(spec.files ?? {}).map(([path, file]) => ({
    path,
    ...(typeof file === 'string' ? { content: file } : file),
  }));
  for (const { path, content, mode } of files) await put(join(tree, path), content, mode ?? 0o644);
  await put(join(tree, 'DEBIAN/control'), controlFile(spec), 0o644);
  const configuration = files
    .filter((file) => file.isConfiguration === true)
    .map(({ path }) => `${path}\n`);
  if (configuration.length > 0)
    await put(join(tree, 'DEBIAN/conffiles'), configuration.join(''), 0o644);
  for (const [name, body] of Object.entries(spec.scripts ?? {})) {
    await put(join(tree, 'DEBIAN', name), `#!/bin/sh\nset -e\n${body}\n`, 0o755);
  }
}

async function put(path: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeFile(path, content);
  await chmod(path, mode);
}

function controlFile(spec: PackageSpec): string {
  const fields = {
    Package: spec.name,
    Version: spec.version,
    Architecture: 'all',
    Section: 'misc',
    Priority: 'optional',
    Maintainer: 'The lab <lab@lab.example>',
    ...spec.fields,
    Description: 'package of the patchcycle lab',
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}
