import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import {
  altered,
  type RepositoryContent,
  type RepositoryFormat,
  type RepositoryIdentity,
  type SourcesEntry,
} from '../package-format.ts';
import { buildDeb, machineArchitecture } from './build.ts';
import {
  changelogPath,
  changelogText,
  packagesFile,
  poolPath,
  releaseFile,
} from './release-file.ts';

const HOUR_MS = 3_600_000;

/** By these the planner tells which updates are for security. */
const RELEASES = {
  security: {
    origin: 'Debian',
    label: 'Debian-Security',
    suite: 'stable-security',
    codename: 'lab-security',
  },
  ordinary: { origin: 'Debian', label: 'Debian', suite: 'stable', codename: 'lab-main' },
} as const;

export const debRepository: RepositoryFormat = {
  async build(specs, directory) {
    const built = [];
    for (const spec of specs) built.push(await buildDeb(spec, directory));
    return built;
  },
  files,
  sourcesEntry,
};

async function files(content: RepositoryContent): Promise<Map<string, Buffer>> {
  const { packages, damage } = content;
  const architecture = await machineArchitecture();
  const list = Buffer.from(packagesFile(packages));
  const lists = new Map([[`main/binary-${architecture}/Packages`, list]]);
  lists.set(`main/binary-${architecture}/Packages.gz`, gzipSync(list));
  const top = `dists/${RELEASES[content.updates].suite}`;
  const made = await signedRelease(content, releaseText(content, architecture, lists), top);
  for (const [path, text] of lists) {
    made.set(`${top}/${path}`, damage === 'lists-mismatch' ? altered(text) : text);
  }
  for (const built of packages) {
    if (damage !== 'archives-not-found') {
      const archive = await readFile(built.file);
      made.set(poolPath(built), damage === 'archives-mismatch' ? altered(archive) : archive);
    }
    made.set(changelogPath(built), Buffer.from(changelogText(built)));
  }
  return made;
}

function releaseText(
  { updates, damage, url }: RepositoryContent,
  architecture: string,
  lists: ReadonlyMap<string, Buffer>,
): string {
  const now = Date.now();
  const date = new Date(damage === 'future-dated' ? now + 7 * 24 * HOUR_MS : now);
  const validUntil = new Date(
    damage === 'expired' ? now - HOUR_MS : date.getTime() + 7 * 24 * HOUR_MS,
  );
  const changelogs = `${url}changelogs/@CHANGEPATH@_changelog`;
  return releaseFile({ ...RELEASES[updates], date, validUntil, architecture, changelogs }, lists);
}

async function signedRelease(
  { damage, key, otherKey }: RepositoryContent,
  text: string,
  top: string,
): Promise<Map<string, Buffer>> {
  if (damage === 'unsigned') return new Map([[`${top}/Release`, Buffer.from(text)]]);
  const signed = await (damage === 'unknown-key' ? otherKey : key).sign(text);
  const changed =
    damage === 'bad-signature' ? signed.replace('Components: main', 'Components: mine') : signed;
  return new Map([[`${top}/InRelease`, Buffer.from(changed)]]);
}

function sourcesEntry({ name, updates, url, key }: RepositoryIdentity): SourcesEntry {
  const keyFile = `/etc/apt/keyrings/${name}.asc`;
  const stanza = [
    'Types: deb',
    `URIs: ${url}`,
    `Suites: ${RELEASES[updates].suite}`,
    'Components: main',
    `Signed-By: ${keyFile}`,
  ];
  const files = {
    [`/etc/apt/sources.list.d/${name}.sources`]: `${stanza.join('\n')}\n`,
    [keyFile]: key.publicKey,
  };
  return { format: 'deb', files, keyFile };
}
