import type { Argv } from '../../host/tools.ts';
import type { Dialect } from './dialects/dialect.ts';

/**
 * The environment and the options of dnf that both of its dialects share, in one place; what they
 * call differently is in their tables. Each option that a host's own configuration could switch the
 * other way is set here, so that all hosts are asked the same.
 */

export const DNF_ENVIRONMENT = {
  LC_ALL: 'C',
  // Times are compared, and printed in the host's own zone otherwise.
  TZ: 'UTC',
  // An alias of the host may make another command of `upgrade`.
  DNF_DISABLE_ALIASES: '1',
} as const;

/** Seconds without an answer after which a mirror counts as silent; dnf's own default. */
const MIRROR_TIMEOUT_SECONDS = 30;

const COMMON_OPTIONS: readonly string[] = [
  '--setopt=color=never',
  // A repository that is dead would otherwise be left out without a word.
  '--setopt=skip_if_unavailable=0',
  '--setopt=*.skip_if_unavailable=0',
  `--setopt=*.timeout=${MIRROR_TIMEOUT_SECONDS}`,
  // A fresh start of the step is a retry too; dnf's own ten keep a silent mirror for minutes.
  '--setopt=*.retries=1',
  // One package that cannot be updated does not keep back all others; it is named instead.
  '--setopt=best=0',
  // Nothing is removed as a by-product.
  '--setopt=clean_requirements_on_remove=0',
];

/** Answers no to every question, whatever the configuration says. */
const NEVER: readonly string[] = ['--assumeno', '--setopt=assumeyes=0', '--setopt=assumeno=1'];

/** Answers yes: a configuration with `assumeyes=0` beats the option alone. */
const ALWAYS: readonly string[] = ['-y', '--setopt=assumeyes=1', '--setopt=assumeno=0'];

/** One call of dnf. Everything but a refresh and a download works on the lists as they are. */
function dnf(dialect: Dialect, words: readonly string[], operands: readonly string[] = []): Argv {
  const ending = operands.length === 0 ? [] : ['--', ...operands];
  return [dialect.program, ...words, ...COMMON_OPTIONS, ...dialect.options, ...ending];
}

function cached(dialect: Dialect, words: readonly string[], operands?: readonly string[]): Argv {
  return dnf(dialect, ['--cacheonly', ...words], operands);
}

/**
 * Fetches all lists anew. It says yes to the import of a repository's own key, which is the one that
 * the host's configuration names; no list that another key has signed is taken for that.
 */
export function refreshArgv(dialect: Dialect): Argv {
  return dnf(dialect, ['makecache', '--refresh', ...ALWAYS]);
}

/**
 * What an update of everything would do. Never a removal for the sake of an update: what is only
 * possible with one is skipped, and named. What a new package makes obsolete is removed.
 */
export function simulateAllArgv(dialect: Dialect, excluded: readonly string[] = []): Argv {
  return cached(dialect, ['upgrade', ...NEVER, ...excludes(excluded)]);
}

/** Names with an architecture or a version: `nginx.x86_64` or `nginx-1:1.24-3`. */
function excludes(specs: readonly string[]): string[] {
  return specs.map((spec) => `--exclude=${spec}`);
}

/** What the smallest update would do that brings the fixes of all security advisories, without what is `excluded`. */
export function simulateSecurityArgv(dialect: Dialect, excluded: readonly string[]): Argv {
  const words = [...dialect.minimalUpgrade, '--security', '--setopt=install_weak_deps=0'];
  return cached(dialect, [...words, ...NEVER, ...excludes(excluded)]);
}

/** A bar is in no field: see the characters that rpm allows in names and versions. */
const SEPARATOR = '|';

function query(
  dialect: Dialect,
  words: readonly string[],
  fields: readonly string[],
  operands?: readonly string[],
): Argv {
  const format = fields.map((field) => `%{${field}}`).join(SEPARATOR) + dialect.lineEnd;
  return cached(dialect, ['--quiet', 'repoquery', ...words, '--qf', format], operands);
}

/** The lines of a query's answer, split into their fields. */
export function splitFields(stdout: string): string[][] {
  return stdout
    .split('\n')
    .filter((line) => line.includes(SEPARATOR))
    .map((line) => line.split(SEPARATOR));
}

const VERSION_FIELDS: readonly string[] = ['name', 'arch', 'evr'];

/** Every version in a repository that is newer than what is installed. */
export function upgradesArgv(dialect: Dialect, excludes: 'with' | 'without'): Argv {
  const words = excludes === 'without' ? dialect.ignoringExcludes : [];
  return query(dialect, [...words, '--upgrades'], VERSION_FIELDS);
}

/** Every version in a repository that an advisory of one of these types names. */
export function advisedArgv(dialect: Dialect, types: readonly AdvisoryType[]): Argv {
  const words = types.map((type) => `--${type}`);
  return query(dialect, ['--available', ...words], VERSION_FIELDS);
}

export type AdvisoryType = 'security' | 'bugfix' | 'enhancement' | 'newpackage';

export const ADVISORY_TYPES: readonly AdvisoryType[] = [
  'security',
  'bugfix',
  'enhancement',
  'newpackage',
];

/** What the lists say about exactly these versions. */
export function archiveListArgv(dialect: Dialect, versions: readonly string[]): Argv {
  return query(dialect, ['--available'], dialect.archiveFields, versions);
}

/** All advisories about packages that are installed, also those that are fixed. */
export function advisoryListArgv(dialect: Dialect): Argv {
  return cached(dialect, ['--quiet', ...dialect.advisoryList]);
}

/** What these advisories name besides packages. */
export function advisoryCvesArgv(dialect: Dialect, ids: readonly string[]): Argv {
  return cached(dialect, ['--quiet', ...dialect.advisoryCves], ids);
}

/** Where dnf keeps its lists. */
export function cacheDirectoryArgv(dialect: Dialect): Argv {
  return cached(dialect, dialect.showCacheDirectory);
}

/** Of what time the lists are. */
export function repositoryTimesArgv(dialect: Dialect): Argv {
  return cached(dialect, dialect.repositoryTimes);
}

export function needsRestartingArgv(dialect: Dialect, lists: 'with lists' | 'without lists'): Argv {
  const repositories = lists === 'without lists' ? ['--disablerepo=*'] : [];
  return cached(dialect, ['--quiet', 'needs-restarting', '--reboothint', ...repositories]);
}

/**
 * Installs archives by their files, without any repository. What they make obsolete goes with them.
 * dnf does not check the signatures of files unless it is told.
 */
export function installArgv(
  dialect: Dialect,
  archives: readonly string[],
  mode: 'run' | 'simulate',
): Argv {
  const words = [
    'install',
    '--disablerepo=*',
    '--setopt=localpkg_gpgcheck=1',
    '--setopt=install_weak_deps=0',
  ];
  const answers = mode === 'run' ? ALWAYS : NEVER;
  return cached(dialect, [...words, ...answers], archives);
}

/**
 * Fetches exactly these versions from one repository into a directory, by the lists as they are; no
 * resolver, no lock.
 */
export function downloadArgv(
  dialect: Dialect,
  repository: string,
  directory: string,
  versions: readonly string[],
): Argv {
  const words = [
    'download',
    `--repo=${repository}`,
    `--destdir=${directory}`,
    // An archive that is put together from pieces of the installed one takes longer than its download.
    '--setopt=deltarpm=0',
    '--setopt=metadata_expire=-1',
    '--setopt=*.metadata_expire=-1',
  ];
  return dnf(dialect, words, versions);
}

/**
 * Whether archives are whole and signed with a key that this host's rpm trusts. Without the level
 * rpm passes archives that nobody has signed.
 */
export function checkSignaturesArgv(archives: readonly string[]): Argv {
  return ['rpmkeys', '--define', '_pkgverify_level all', '--checksig', '--', ...archives];
}

/** Why every installed package is there, besides its name and architecture. */
export function reasonsArgv(dialect: Dialect): Argv {
  return query(dialect, ['--installed'], ['name', 'arch', 'reason']);
}

/** Marks packages as wanted for their own sake, or for others' only. */
export function markArgv(
  dialect: Dialect,
  kind: 'manual' | 'automatic',
  packages: readonly string[],
): Argv {
  return cached(dialect, ['mark', dialect.marks[kind], ...ALWAYS], packages);
}

/** rpm has no option for what its scriptlets do but their environment. */
export const RPM_ENVIRONMENT = { LC_ALL: 'C' } as const;

export function rebuildArgv(): Argv {
  return ['rpm', '--rebuilddb'];
}

/**
 * Installs packages once more that are installed: `in place` erases their older versions, `beside`
 * leaves them. Dependencies are not asked for: an interrupted run may not have come to what they need.
 */
export function replayArgv(how: 'in place' | 'beside', archives: readonly string[]): Argv {
  const word = how === 'in place' ? '--upgrade' : '--install';
  return ['rpm', word, '--replacepkgs', '--nodeps', '--', ...archives];
}

/** Erases exactly these versions; files that another version has too stay. */
export function eraseArgv(nevras: readonly string[], scripts: 'with' | 'without'): Argv {
  const words = scripts === 'with' ? [] : ['--noscripts'];
  return ['rpm', '--erase', '--nodeps', ...words, '--', ...nevras];
}
