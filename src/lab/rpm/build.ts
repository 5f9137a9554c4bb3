import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { layOut } from '../lay-out.ts';
import { BUILD_TIME_SECONDS, type BuiltPackage, type PackageSpec } from '../packages.ts';
import { runOrThrow } from '../run.ts';
import { KEY_NAME, withoutAgent, type SigningKey } from '../signing-key.ts';
import { packagedFiles, specFile } from './spec-file.ts';
import { parseRpmVersion } from './version.ts';

/** Hundreds of packages; on a machine under load a batch may take longer. */
const BUILD_TIMEOUT_MS = 5 * 60_000;

/** A package file without its signature lies beside the signed one, under this name. */
export function unsignedFile(file: string): string {
  return `${file}.unsigned`;
}

/**
 * Builds the packages into `directory`, which must exist, and signs them where there is a key. One
 * call builds all, because most of the time goes into starting programs.
 */
export async function buildRpms(
  specs: readonly PackageSpec[],
  directory: string,
  key?: SigningKey,
): Promise<BuiltPackage[]> {
  if (specs.length === 0) return [];
  const work = await mkdtemp(join(directory, 'build-'));
  try {
    const machine = await machineArchitecture();
    const built = specs.map((spec) => {
      const architecture = spec.architecture === 'machine' ? machine : 'noarch';
      return { spec, architecture, fileName: fileNameOf(spec, architecture) };
    });
    await buildUnsigned(specs, work);
    const files = built.map(({ fileName }) => join(work, 'out', fileName));
    for (const file of files) await copyFile(file, unsignedFile(join(directory, basename(file))));
    if (key !== undefined) await sign(files, key);
    return await Promise.all(
      built.map(async ({ spec, architecture, fileName }) => {
        const file = join(directory, fileName);
        await rename(join(work, 'out', fileName), file);
        const archive = await readFile(file);
        const sha256 = createHash('sha256').update(archive).digest('hex');
        const { name, version } = spec;
        return { spec, name, version, architecture, file, sizeBytes: archive.length, sha256 };
      }),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function fileNameOf(spec: PackageSpec, architecture: string): string {
  const { version, release } = parseRpmVersion(spec.version);
  return `${spec.name}-${version}-${release}.${architecture}.rpm`;
}

async function buildUnsigned(specs: readonly PackageSpec[], work: string): Promise<void> {
  const specFiles: string[] = [];
  for (const [index, spec] of specs.entries()) {
    const tree = join(work, `tree-${index}`);
    await mkdir(tree);
    await layOut(packagedFiles(spec), tree);
    const file = join(work, `${index}.spec`);
    await writeFile(file, specFile(spec, tree));
    specFiles.push(file);
  }
  await runOrThrow(
    [
      'rpmbuild',
      '--quiet',
      ...macros({
        _topdir: work,
        _rpmdir: join(work, 'out'),
        _build_name_fmt: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
        // Nothing is asked of this machine's database, which may not even be there.
        _dbpath: join(work, 'database'),
        _binary_payload: 'w1.gzdio',
        _buildhost: 'lab.example',
        _build_id_links: 'none',
        use_source_date_epoch_as_buildtime: '1',
        clamp_mtime_to_source_date_epoch: '1',
        debug_package: '%{nil}',
        __os_install_post: '%{nil}',
      }),
      '-bb',
      '--',
      ...specFiles,
    ],
    { env: { SOURCE_DATE_EPOCH: BUILD_TIME_SECONDS }, timeoutMs: BUILD_TIMEOUT_MS },
  );
}

async function sign(files: readonly string[], key: SigningKey): Promise<void> {
  await withoutAgent(key.directory, () =>
    runOrThrow(
      [
        'rpmsign',
        ...macros({ __gpg: '/usr/bin/gpg', _gpg_path: key.directory, _gpg_name: KEY_NAME }),
        '--addsign',
        '--',
        ...files,
      ],
      { timeoutMs: BUILD_TIMEOUT_MS },
    ),
  );
}

function macros(definitions: Readonly<Record<string, string>>): string[] {
  return Object.entries(definitions).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
}

/** As rpm calls the processor of this machine. */
async function machineArchitecture(): Promise<string> {
  return (await runOrThrow(['rpm', '--eval', '%_target_cpu'])).trim();
}
