import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { runOrThrow, runWithProgress } from './run.ts';

/**
 * Where the packages of lab hosts come from: the archives that this machine itself uses, asked of
 * its own apt. No mirror's address is written in this project.
 */

const REQUIRED = ['main', 'security'] as const;
type RequiredKind = (typeof REQUIRED)[number];
export type ArchiveKind = RequiredKind | 'updates';

export type Archive = {
  kind: ArchiveKind;
  uri: string;
  /** As it is written in a sources entry, for example `bookworm-security`. */
  suite: string;
  components: string[];
  /** The archive's own version, for example `12.15`: a point release changes it. Empty where there is none. */
  version: string;
};

export type Mirrors = {
  distribution: 'debian' | 'ubuntu';
  /** `bookworm`, `noble`. */
  codename: string;
  /** Not every machine uses the archive of updates between point releases; lab hosts do without it then. */
  archives: Record<RequiredKind, Archive> & { updates?: Archive };
};

/** One package list as `apt-get indextargets` shows it. */
export type IndexTarget = {
  uri: string;
  release: string;
  suite: string;
  codename: string;
  component: string;
  label: string;
  version: string;
};

const TARGET_FORMAT =
  '$(REPO_URI)|$(RELEASE)|$(SUITE)|$(CODENAME)|$(COMPONENT)|$(LABEL)|$(VERSION)';
const UPDATE_TIMEOUT_MS = 5 * 60_000;

/** Debian's components that lab hosts need; Ubuntu keeps nginx and needrestart in universe at times. */
const COMPONENTS = { debian: ['main'], ubuntu: ['main', 'universe'] } as const;

/**
 * The mirrors of this machine's own release. Where apt has no lists yet, they are fetched first.
 * Throws a sentence that says which archive this machine's sources lack.
 */
export async function findMirrors(progress: (line: string) => void): Promise<Mirrors> {
  const osRelease = await readFile('/etc/os-release', 'utf8');
  let targets = await askApt();
  if (missingKinds(osRelease, targets).length > 0) {
    progress('fetching the package lists of this machine');
    await runWithProgress(['apt-get', '-q', 'update'], progress, UPDATE_TIMEOUT_MS);
    targets = await askApt();
  }
  return chooseMirrors(osRelease, targets);
}

async function askApt(): Promise<IndexTarget[]> {
  const lines = await runOrThrow([
    'apt-get',
    'indextargets',
    '--format',
    TARGET_FORMAT,
    'Created-By: Packages',
  ]);
  return parseTargets(lines);
}

/** Reads lines of {@link TARGET_FORMAT}; a field that apt does not know stays as its own name. */
export function parseTargets(lines: string): IndexTarget[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [
        uri = '',
        release = '',
        suite = '',
        codename = '',
        component = '',
        label = '',
        version = '',
      ] = line.split('|').map((field) => (field.startsWith('$(') ? '' : field));
      return { uri, release, suite, codename, component, label, version };
    });
}

/** Pure: picks the archives of the release that `osRelease` (the text of /etc/os-release) names. */
export function chooseMirrors(osRelease: string, targets: readonly IndexTarget[]): Mirrors {
  const { distribution, codename } = release(osRelease);
  const missing = missingKinds(osRelease, targets);
  if (missing.length > 0) {
    throw new Error(
      `The lab builds its hosts from this machine's own package sources, which lack the ${missing.join(' and ')} ` +
        `archive of ${codename}; add it to /etc/apt/sources.list.d and run apt-get update.`,
    );
  }
  const found = (kind: ArchiveKind) => matching(kind, distribution, codename, targets);
  const archive = (kind: ArchiveKind) => toArchive(kind, distribution, found(kind));
  return {
    distribution,
    codename,
    archives: {
      main: archive('main'),
      security: archive('security'),
      ...(found('updates').length > 0 ? { updates: archive('updates') } : {}),
    },
  };
}

function missingKinds(osRelease: string, targets: readonly IndexTarget[]): RequiredKind[] {
  const { distribution, codename } = release(osRelease);
  return REQUIRED.filter((kind) => matching(kind, distribution, codename, targets).length === 0);
}

function release(osRelease: string): { distribution: 'debian' | 'ubuntu'; codename: string } {
  const { ID: id, VERSION_CODENAME: codename } = parseEnv(osRelease);
  if ((id !== 'debian' && id !== 'ubuntu') || codename === undefined) {
    throw new Error(
      `The lab's hosts need a Debian or Ubuntu machine; this one calls itself ${id ?? 'nothing'}.`,
    );
  }
  return { distribution: id, codename };
}

function matching(
  kind: ArchiveKind,
  distribution: 'debian' | 'ubuntu',
  codename: string,
  targets: readonly IndexTarget[],
): IndexTarget[] {
  const name = kind === 'main' ? codename : `${codename}-${kind}`;
  return targets.filter((target) => {
    if (!(COMPONENTS[distribution] as readonly string[]).includes(target.component)) return false;
    // Ubuntu gives every pocket the same codename and label; only the suite tells them apart.
    if (distribution === 'ubuntu') return target.label === 'Ubuntu' && target.suite === name;
    return (
      target.label === (kind === 'security' ? 'Debian-Security' : 'Debian') &&
      target.codename === name
    );
  });
}

function toArchive(
  kind: ArchiveKind,
  distribution: 'debian' | 'ubuntu',
  targets: readonly IndexTarget[],
): Archive {
  const first = targets[0];
  if (first === undefined) throw new Error(`no target is left for the ${kind} archive`);
  const found = new Set(
    targets.filter(({ uri }) => uri === first.uri).map(({ component }) => component),
  );
  return {
    kind,
    uri: first.uri,
    suite: first.release,
    components: COMPONENTS[distribution].filter((component) => found.has(component)),
    version: first.version,
  };
}

/** One line of sources.list; `options` in square brackets with a blank after them, or nothing. */
export function sourcesLine(archive: Archive, options = ''): string {
  return `deb ${options}${archive.uri} ${archive.suite} ${archive.components.join(' ')}`;
}
