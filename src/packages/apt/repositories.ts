import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostTools } from '../../host/tools.ts';
import { runPackageTool } from './run.ts';

/** One list of packages that the host is configured to read, with what its Release file says of itself. */
export type Repository = {
  uri: string;
  /** The distribution as the source names it: `bookworm-security`. */
  release: string;
  component: string;
  architecture: string;
  origin: string;
  label: string;
  suite: string;
};

const FIELDS = ['REPO_URI', 'RELEASE', 'COMPONENT', 'ARCHITECTURE', 'ORIGIN', 'LABEL', 'SUITE'];

/** A tab is in no field: Release files are read line by line and have none of their own. */
const SEPARATOR = '\t';

/** Asks apt which package lists it reads; fields that a Release file does not have are empty. */
export async function listRepositories(tools: HostTools): Promise<Repository[]> {
  const format = FIELDS.map((field) => `$(${field})`).join(SEPARATOR);
  const { stdout } = await runPackageTool(
    tools,
    ['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'],
    'the configured repositories could not be listed',
  );
  return parseRepositories(stdout);
}

export function parseRepositories(stdout: string): Repository[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      // A field that a repository lacks stays as it was asked for.
      const fields = line
        .split(SEPARATOR)
        .map((field) => (/^\$\([A-Z_]+\)$/.test(field) ? '' : field));
      const [uri = '', release = '', component = '', architecture = ''] = fields;
      const [origin = '', label = '', suite = ''] = fields.slice(4);
      return { uri, release, component, architecture, origin, label, suite };
    });
}

/** Ubuntu has one label for all of its pockets; the pocket is in the suite: `noble-security`, `jammy-apps-security`. */
const UBUNTU_ORIGINS: readonly string[] = ['Ubuntu', 'UbuntuESM', 'UbuntuESMApps'];
const UBUNTU_SECURITY_SUITE = /^[a-z]+(?:-infra|-apps)?-security$/;

/**
 * Whether a repository is its distribution's security repository, by how its signed Release file
 * calls itself. The suite's word alone is not enough: anybody can name a suite `…-security`.
 */
export function isSecurityRepository(
  repository: Pick<Repository, 'origin' | 'label' | 'suite'>,
): boolean {
  if (repository.label === 'Debian-Security') return true;
  return UBUNTU_ORIGINS.includes(repository.origin) && UBUNTU_SECURITY_SUITE.test(repository.suite);
}

/**
 * The same judgement from how apt writes the origins of a version behind it:
 * `Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security`. One security origin is enough.
 */
export function isSecurityOrigin(origins: string): boolean {
  return origins.split(', ').some((one) => {
    const [, label = '', suite = ''] = /^(.*?):(?:.*\/)?([^/]*)$/.exec(one) ?? [];
    return isSecurityRepository({ origin: label, label, suite });
  });
}

/**
 * Lends `work` the path of a source list that has the security repositories and no other; null when
 * the host reads none. It is for questions to the lists that are there; nothing is fetched by it.
 */
export async function withSecuritySources<T>(
  tools: HostTools,
  work: (sourceList: string | null) => Promise<T>,
): Promise<T> {
  const repositories = (await listRepositories(tools)).filter(isSecurityRepository);
  if (repositories.length === 0) return work(null);
  // 0700 and of a random name: nobody else can have planted something there.
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-sources-'));
  try {
    const sourceList = join(directory, 'security.list');
    await writeFile(sourceList, sourceLines(repositories));
    return await work(sourceList);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Lines of sources.list(5). */
export function sourceLines(repositories: readonly Repository[]): string {
  return repositories
    .map(({ uri, release, component, architecture }) => {
      const architectures = architecture === 'all' ? '' : `[arch=${architecture}] `;
      return `deb ${architectures}${uri} ${release} ${component}\n`;
    })
    .join('');
}
