import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf, layOut, type NamedFile } from '../lay-out.ts';
import { BUILD_TIME_SECONDS, type BuiltPackage, type PackageSpec } from '../packages.ts';
import { runOrThrow } from '../run.ts';
import { controlFile } from './control-file.ts';
import { maintainerScripts } from './maintainer-scripts.ts';

/** Builds the package into `directory`, which must exist; the same description gives the same archive, bit for bit. */
export async function buildDeb(spec: PackageSpec, directory: string): Promise<BuiltPackage> {
  const architecture = spec.architecture === 'machine' ? await machineArchitecture() : 'all';
  const file = join(directory, `${spec.name}_${spec.version}_${architecture}.deb`);
  const tree = `${file}.tree`;
  try {
    await mkdir(tree, { mode: 0o755 });
    await layOut([...filesOf(spec), ...controlFiles(spec, architecture)], tree);
    await runOrThrow(['dpkg-deb', '-Zgzip', '--root-owner-group', '--build', tree, file], {
      env: { SOURCE_DATE_EPOCH: BUILD_TIME_SECONDS },
    });
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
  const archive = await readFile(file);
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const { name, version } = spec;
  return { spec, name, version, architecture, file, sizeBytes: archive.length, sha256 };
}

function controlFiles(spec: PackageSpec, architecture: string): NamedFile[] {
  const configuration = filesOf(spec).filter((file) => file.isConfiguration === true);
  return [
    { path: 'DEBIAN/control', content: controlFile(spec, architecture) },
    ...(configuration.length === 0
      ? []
      : [
          {
            path: 'DEBIAN/conffiles',
            content: configuration.map(({ path }) => `${path}\n`).join(''),
          },
        ]),
    ...Object.entries(maintainerScripts(spec)).map(([name, content]) => ({
      path: `DEBIAN/${name}`,
      content,
      mode: 0o755,
    })),
  ];
}

/** As Debian calls the processor of this machine. */
export async function machineArchitecture(): Promise<string> {
  return (await runOrThrow(['dpkg', '--print-architecture'])).trim();
}
