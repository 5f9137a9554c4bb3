import type { Change, Removal } from '../../domain/plan.ts';
import type { Argv } from '../../host/tools.ts';

/**
 * The environment and every option of apt and dpkg, in one place. Each option that a host's own
 * configuration could switch the other way is set here, so that all hosts are asked the same.
 */

export const APT_ENVIRONMENT = {
  LC_ALL: 'C',
  // Maintainer scripts run where nobody can answer.
  DEBIAN_FRONTEND: 'noninteractive',
  DEBCONF_NONINTERACTIVE_SEEN: 'true',
  // needrestart, where it hooks into apt, lists only: what restarts is this tool's decision.
  NEEDRESTART_MODE: 'l',
  // Both hook into apt too, and would ask.
  APT_LISTCHANGES_FRONTEND: 'none',
  APT_LISTBUGS_FRONTEND: 'none',
} as const;

/** How changed configuration files are treated; the words of the policy. */
export type ConfigFiles = 'keep' | 'replace';

/** The environment of everything that runs maintainer scripts: ucf has its own switch besides dpkg's. */
export function jobEnvironment(configFiles: ConfigFiles): Record<string, string> {
  const ucf = configFiles === 'keep' ? 'UCF_FORCE_CONFFOLD' : 'UCF_FORCE_CONFFNEW';
  return { ...APT_ENVIRONMENT, [ucf]: '1' };
}

/** Seconds that apt waits for the package lock; it would wait 0 by itself. Other updaters hold it for minutes. */
export const APT_LOCK_TIMEOUT_SECONDS = 600;

/** Seconds without an answer after which a mirror counts as silent; apt's own default. */
const MIRROR_TIMEOUT_SECONDS = 30;

const COMMON_OPTIONS: Readonly<Record<string, string>> = {
  'Dpkg::Use-Pty': '0',
  'APT::Color': '0',
  'DPkg::Lock::Timeout': String(APT_LOCK_TIMEOUT_SECONDS),
  // Ubuntu offers some updates to a part of all machines first, chosen by machine id: then the
  // canary and the fleet would get different plans.
  'APT::Get::Always-Include-Phased-Updates': 'true',
  'APT::Get::Never-Include-Phased-Updates': 'false',
  // Nothing is removed as a by-product, and nothing is purged.
  'APT::Get::AutomaticRemove': 'false',
  'APT::Get::Purge': 'false',
  // Nothing is trusted that is not signed.
  'APT::Get::AllowUnauthenticated': 'false',
  'Acquire::AllowInsecureRepositories': 'false',
  'Acquire::AllowDowngradeToInsecureRepositories': 'false',
  'Acquire::AllowWeakRepositories': 'false',
  // Old lists do not pass for new ones; images for containers switch both off.
  'Acquire::Check-Valid-Until': 'true',
  'Acquire::Check-Date': 'true',
  'Acquire::http::Timeout': String(MIRROR_TIMEOUT_SECONDS),
  'Acquire::https::Timeout': String(MIRROR_TIMEOUT_SECONDS),
  // A fresh start of the step is a retry too; this one is for a single connection that broke.
  'Acquire::Retries': '1',
  // What people must say themselves is never said here.
  'APT::Get::allow-downgrades': 'false',
  'APT::Get::allow-remove-essential': 'false',
  'APT::Get::allow-change-held-packages': 'false',
  'APT::Ignore-Hold': 'false',
};

type Options = Readonly<Record<string, string>>;

function flags(options: Options): string[] {
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function aptGet(words: readonly string[], options: Options, operands: readonly string[]): Argv {
  return [
    'apt-get',
    '-q',
    ...words,
    ...flags({ ...COMMON_OPTIONS, ...options }),
    '--',
    ...operands,
  ];
}

/** apt knows only the repositories of this list, and keeps no cache of that view. */
export function onlySources(sourceList: string): Record<string, string> {
  return {
    'Dir::Etc::SourceList': sourceList,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
  };
}

/**
 * Plain `update` ends with 0 although a mirror is down, and on a bad signature when older lists
 * are there. Given as an option and not as `--error-on=any`, which apt before 2.1.8 refuses.
 */
export function updateArgv(): Argv {
  return aptGet(['update'], { 'APT::Update::Error-Mode': 'any' }, []);
}

/**
 * What an update of everything would do. `dist-upgrade` and not `upgrade`, so that a package that
 * is only possible together with a removal is put before a person instead of being kept back for
 * ever without a word.
 */
export function simulateAllArgv(options: Options = {}): Argv {
  return aptGet(['-s', 'dist-upgrade'], options, []);
}

/**
 * What an update from the security repositories alone would do. Never a removal, and no
 * recommended packages: on a real host a kernel's fix would bring apparmor from the main archive.
 */
export function simulateSecurityArgv(securitySources: string, options: Options = {}): Argv {
  const words = ['-s', '--with-new-pkgs', '--no-install-recommends', 'upgrade'];
  return aptGet(words, { ...onlySources(securitySources), ...options }, []);
}

/** Why a package cannot be updated from the security repositories alone. */
export function explainSecurityArgv(securitySources: string, operand: string): Argv {
  const words = ['-s', '--no-remove', '--no-install-recommends', 'install'];
  return aptGet(words, onlySources(securitySources), [operand]);
}

export function policyArgv(sourceList: string, operands: readonly string[]): Argv {
  return ['apt-cache', ...flags(onlySources(sourceList)), 'policy', '--', ...operands];
}

/** URL, file name, size and hash of exactly these archives; asks no network. */
export function archiveListArgv(changes: readonly PackageVersion[]): Argv {
  return aptGet(['--print-uris', 'download'], {}, changes.map(pinned));
}

/** Fetches exactly these archives into the working directory; no resolver, no lock. */
export function downloadArgv(changes: readonly PackageVersion[]): Argv {
  return aptGet(['download'], {}, changes.map(pinned));
}

export function changelogArgv(change: PackageVersion, timeoutSeconds: number): Argv {
  const options = {
    'Acquire::Retries': '0',
    'Acquire::http::Timeout': String(timeoutSeconds),
    'Acquire::https::Timeout': String(timeoutSeconds),
  };
  return aptGet(['changelog'], options, [pinned(change)]);
}

export type InstallArguments = {
  changes: readonly Change[];
  removals: readonly Removal[];
  /** Where the archives lie; nothing is fetched. */
  directory: string;
  configFiles: ConfigFiles;
};

/** Installs exactly these versions from downloaded archives and removes exactly these packages. */
export function installArgv(input: InstallArguments): Argv {
  const { words, options, operands } = installWords(input);
  return aptGet(['-y', ...words], options, operands);
}

/** What {@link installArgv} would do. */
export function simulateInstallArgv(input: InstallArguments): Argv {
  const { words, options, operands } = installWords(input);
  return aptGet(['-s', ...words], options, operands);
}

function installWords(input: InstallArguments): {
  words: string[];
  options: Options;
  operands: string[];
} {
  const words = ['install', '--no-download', '--no-install-recommends'];
  // Both guard against surprises only where they can hold for the whole command.
  if (input.changes.every((change) => change.oldVersion !== null)) words.push('--only-upgrade');
  if (input.removals.length === 0) words.push('--no-remove');
  for (const option of configFileOptions(input.configFiles)) {
    words.push('-o', `Dpkg::Options::=${option}`);
  }
  const removals = input.removals.map(({ name, architecture }) => `${name}:${architecture}-`);
  return {
    words,
    options: archiveOptions(input.directory),
    operands: [...input.changes.map(pinned), ...removals],
  };
}

function archiveOptions(directory: string): Options {
  return { 'Dir::Cache::archives': directory, 'APT::Keep-Downloaded-Packages': 'true' };
}

/**
 * Lets apt complete what dependencies are missing. `directory` makes it use downloaded archives
 * only; without one it may fetch, which is for the repair of a host that no plan is behind.
 */
export function fixBrokenArgv(directory: string | null, configFiles: ConfigFiles): Argv {
  const words = ['-y', ...fixWords(directory)];
  for (const option of configFileOptions(configFiles))
    words.push('-o', `Dpkg::Options::=${option}`);
  return aptGet(words, directory === null ? {} : archiveOptions(directory), []);
}

/** What {@link fixBrokenArgv} would do. */
export function simulateFixBrokenArgv(directory: string | null): Argv {
  const options = directory === null ? {} : archiveOptions(directory);
  return aptGet(['-s', ...fixWords(directory)], options, []);
}

function fixWords(directory: string | null): string[] {
  const words = ['-f', 'install', '--no-remove', '--no-install-recommends'];
  return directory === null ? words : [...words, '--no-download'];
}

export function configureAllArgv(configFiles: ConfigFiles): Argv {
  return ['dpkg', ...configFileOptions(configFiles), '--configure', '--pending'];
}

export function unpackArgv(archives: readonly string[], configFiles: ConfigFiles): Argv {
  return ['dpkg', ...configFileOptions(configFiles), '--unpack', '--', ...archives];
}

/**
 * A question about a configuration file ignores DEBIAN_FRONTEND: with standard input closed it ends
 * dpkg half-way. The host's own apt.conf may name the opposite, and of two dpkg takes the new file:
 * so the opposite is taken back by name.
 */
function configFileOptions(configFiles: ConfigFiles): string[] {
  return configFiles === 'keep'
    ? ['--force-confdef', '--force-confold', '--no-force-confnew', '--no-force-confask']
    : ['--force-confnew', '--no-force-confdef', '--no-force-confold', '--no-force-confask'];
}

type PackageVersion = { name: string; architecture: string; newVersion: string };

/** One version of one package, so that there is no choice. */
export function pinned({ name, architecture, newVersion }: PackageVersion): string {
  return `${name}:${architecture}=${newVersion}`;
}
