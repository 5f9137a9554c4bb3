import type { PackageSpec } from './packages.ts';

/**
 * What happens when the package is configured:
 * - `fine`, `fails` (its script ends with 1), `hangs` (it never ends), `slow` (it takes `seconds`),
 * - `asks-for-reboot`: it says that the host must boot again, as a kernel or libc does.
 */
export type Configuring =
  | 'fine'
  | 'fails'
  | 'hangs'
  | 'fails-until-mended'
  | 'asks-for-reboot'
  | { readonly slow: true; readonly seconds: number };

/** What an administrator has to make on the host before a package that is `fails-until-mended` configures. */
export const MENDED = '/etc/labtool-mended';

export type ToolOptions = {
  /** Default `labtool`. */
  name?: string;
  version: string;
  configuring?: Configuring;
  /** The text of /etc/NAME.conf; another text in another version makes dpkg ask, if the host's was edited. */
  configuration?: string;
  /** For example Depends, Conflicts, Replaces. */
  fields?: Readonly<Record<string, string>>;
  changes?: readonly string[];
};

/** A package of one program that prints its version. */
export function toolPackage(options: ToolOptions): PackageSpec {
  const {
    name = 'labtool',
    version,
    configuring = 'fine',
    configuration,
    fields = {},
    changes = [],
  } = options;
  return {
    name,
    version,
    fields,
    changes,
    files: {
      [`/usr/bin/${name}`]: { content: `#!/bin/sh\necho "${name} ${version}"\n`, mode: 0o755 },
      ...(configuration === undefined
        ? {}
        : { [`/etc/${name}.conf`]: { content: configuration, isConfiguration: true } }),
    },
    scripts: {
      postinst: `if [ "$1" = configure ]; then\n${configureScript(name, configuring)}\nfi`,
    },
  };
}

function configureScript(name: string, configuring: Configuring): string {
  if (typeof configuring === 'object') return `  sleep ${configuring.seconds}`;
  switch (configuring) {
    case 'fine':
      return '  :';
    case 'fails':
      return `  echo "${name}: the index cannot be rebuilt" >&2\n  exit 1`;
    case 'fails-until-mended':
      return `  [ -e ${MENDED} ] || { echo "${name}: ${MENDED} is missing" >&2; exit 1; }`;
    case 'hangs':
      return '  sleep infinity';
    case 'asks-for-reboot':
      return `  echo "*** System restart required ***" >/run/reboot-required\n  echo "${name}" >>/run/reboot-required.pkgs`;
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
    fields: index === 0 ? {} : { Depends: nameOf(index - 1) },
    files: Object.fromEntries(
      Array.from({ length: filesEach }, (__, file) => [
        `/usr/share/${nameOf(index)}/${file}.txt`,
        `${nameOf(index)} ${version} file ${file}\n`.repeat(50),
      ]),
    ),
    scripts: {
      postinst: `echo ${version} >/var/lib/${nameOf(index)}.configured`,
      postrm: `rm -f /var/lib/${nameOf(index)}.configured`,
    },
  }));
}
