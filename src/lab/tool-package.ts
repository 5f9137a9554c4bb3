import type { PackageSpec } from './packages.ts';

/**
 * What happens when the package is configured:
 * - `fine`, `fails` (its script ends with 1), `hangs` (it never ends), `slow` (it takes `seconds`),
 * - `refuses`: a script ends with 1 before anything is unpacked.
 * - `asks-for-reboot`: it says that the host must boot again, as a kernel or libc does.
 */
export type Configuring =
  | 'fine'
  | 'fails'
  | 'refuses'
  | 'hangs'
  | 'fails-until-mended'
  | 'asks-for-reboot'
  | { readonly slow: true; readonly seconds: number };

/** What an administrator has to make on the host before a package that is `fails-until-mended` configures. */
export const MENDED = '/etc/labtool-mended';

/** Gets a line `NAME VERSION` whenever the script of a tool or a bulk package runs. */
export const CONFIGURED_LOG = '/var/log/lab-configured.log';

export type ToolOptions = {
  /** Default `labtool`. */
  name?: string;
  version: string;
  configuring?: Configuring;
  /** The text of /etc/NAME.conf; another text in another version makes dpkg ask, if the host's was edited. */
  configuration?: string;
} & Omit<PackageSpec, 'name' | 'version' | 'files' | 'scripts' | 'asksForReboot'>;

/** A package of one program that prints its version. */
export function toolPackage(options: ToolOptions): PackageSpec {
  const { name = 'labtool', version, configuring = 'fine', configuration, ...more } = options;
  return {
    ...more,
    name,
    version,
    asksForReboot: configuring === 'asks-for-reboot',
    files: {
      [`/usr/bin/${name}`]: { content: `#!/bin/sh\necho "${name} ${version}"\n`, mode: 0o755 },
      ...(configuration === undefined
        ? {}
        : { [`/etc/${name}.conf`]: { content: configuration, isConfiguration: true } }),
    },
    scripts:
      configuring === 'refuses'
        ? { beforeInstall: `echo "${name}: this host is not wanted" >&2\nexit 1` }
        : { afterInstall: `${logLine(name, version)}\n${configureScript(name, configuring)}` },
  };
}

function logLine(name: string, version: string): string {
  return `echo "${name} ${version}" >>${CONFIGURED_LOG}`;
}

function configureScript(name: string, configuring: Exclude<Configuring, 'refuses'>): string {
  if (typeof configuring === 'object') return `sleep ${configuring.seconds}`;
  switch (configuring) {
    case 'fine':
    case 'asks-for-reboot':
      return ':';
    case 'fails':
      return `echo "${name}: the index cannot be rebuilt" >&2\nexit 1`;
    case 'fails-until-mended':
      return `[ -e ${MENDED} ] || { echo "${name}: ${MENDED} is missing" >&2; exit 1; }`;
    case 'hangs':
      return 'sleep infinity';
  }
}

/**
 * Many small packages with many files, for killing an installation at random points. Each depends on
 * the one before it, and the content of every file carries the version.
 */
export function bulkPackages(options: {
  count: number;
  filesEach: number;
  version: string;
}): PackageSpec[] {
  const { count, filesEach, version } = options;
  const nameOf = (index: number) => `lab-bulk-${String(index).padStart(3, '0')}`;
  return Array.from({ length: count }, (_, index) => ({
    name: nameOf(index),
    version,
    requires: index === 0 ? [] : [nameOf(index - 1)],
    files: Object.fromEntries(
      Array.from({ length: filesEach }, (__, file) => [
        `/usr/share/${nameOf(index)}/${file}.txt`,
        `${nameOf(index)} ${version} file ${file}\n`.repeat(50),
      ]),
    ),
    scripts: {
      afterInstall: `${logLine(nameOf(index), version)}\necho ${version} >/var/lib/${nameOf(index)}.configured`,
      afterRemove: `rm -f /var/lib/${nameOf(index)}.configured`,
    },
  }));
}
