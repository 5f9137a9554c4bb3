import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  altered,
  type RepositoryContent,
  type RepositoryFormat,
  type RepositoryIdentity,
  type SourcesEntry,
} from '../package-format.ts';
import { runOrThrow } from '../run.ts';
import { buildRpms, unsignedFile } from './build.ts';
import { updateInfo } from './updateinfo.ts';

const DAY_SECONDS = 24 * 3_600;

export const rpmRepository: RepositoryFormat = { build: buildRpms, files, sourcesEntry };

async function files(content: RepositoryContent): Promise<Map<string, Buffer>> {
  const { packages, damage, directory } = content;
  const place = await mkdtemp(join(directory, 'offered-'));
  try {
    const made = new Map<string, Buffer>();
    for (const built of packages) {
      const file = damage === 'archives-unsigned' ? unsignedFile(built.file) : built.file;
      const name = built.spec.offeredAs ?? basename(built.file);
      await link(file, join(place, name));
      if (damage === 'archives-not-found') continue;
      const archive = await readFile(file);
      const served = damage === 'archives-mismatch' ? altered(archive) : archive;
      made.set(name, served);
    }
    await makeMetadata(content, place);
    for (const name of await readdir(join(place, 'repodata'))) {
      const list = await readFile(join(place, 'repodata', name));
      const isDamaged = damage === 'lists-mismatch' && name.includes('primary');
      made.set(`repodata/${name}`, isDamaged ? altered(list) : list);
    }
    await signMetadata(content, made);
    return made;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function makeMetadata(
  { packages, updates }: RepositoryContent,
  place: string,
): Promise<void> {
  const compression = '--general-compress-type=gz';
  await runOrThrow(['createrepo_c', '--quiet', '--no-database', compression, place]);
  const advisories = updateInfo(packages, updates);
  if (advisories === null) return;
  const file = join(place, 'updateinfo.xml');
  await writeFile(file, advisories);
  await runOrThrow(['modifyrepo_c', '--mdtype=updateinfo', file, join(place, 'repodata')]);
}

async function signMetadata(
  { damage, key, otherKey }: RepositoryContent,
  made: Map<string, Buffer>,
): Promise<void> {
  const path = 'repodata/repomd.xml';
  const text = dated(made.get(path)?.toString() ?? '', damage);
  made.set(path, Buffer.from(text));
  if (damage === 'unsigned') return;
  const signature = await (damage === 'unknown-key' ? otherKey : key).signApart(text);
  made.set(`${path}.asc`, Buffer.from(signature));
  if (damage === 'bad-signature') made.set(path, Buffer.from(`${text}<!-- changed -->\n`));
}

/** Says in every place where the metadata tells its time that it was made at another one. */
function dated(text: string, damage: string): string {
  const days = damage === 'expired' ? -365 : damage === 'future-dated' ? 7 : 0;
  if (days === 0) return text;
  const seconds = Math.round(Date.now() / 1_000) + days * DAY_SECONDS;
  return text.replace(/<(revision|timestamp)>\d+</g, `<$1>${seconds}<`);
}

function sourcesEntry({ name, url, key }: RepositoryIdentity): SourcesEntry {
  const keyFile = `/etc/pki/rpm-gpg/RPM-GPG-KEY-${name}`;
  const section = [
    `[${name}]`,
    `name=${name}`,
    `baseurl=${url}`,
    'enabled=1',
    'gpgcheck=1',
    'repo_gpgcheck=1',
    `gpgkey=file://${keyFile}`,
  ];
  const files = {
    [`/etc/yum.repos.d/${name}.repo`]: `${section.join('\n')}\n`,
    [keyFile]: key.publicKey,
  };
  return { format: 'rpm', files, keyFile };
}
