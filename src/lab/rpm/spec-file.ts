import { dirname } from 'node:path';
import { filesOf, type NamedFile } from '../lay-out.ts';
import { parseRelation, type PackageSpec } from '../packages.ts';
import { literal } from './literal.ts';
import { scriptlets } from './scriptlets.ts';
import { parseRpmVersion } from './version.ts';

/** Directories that belong to the system and not to a package of the lab. */
const SYSTEM_DIRECTORIES = new Set([
  '/',
  '/boot',
  '/boot/loader',
  '/boot/loader/entries',
  '/etc',
  '/etc/dnf',
  '/etc/dnf/plugins',
  '/etc/dnf/plugins/needs-restarting.d',
  '/srv',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/usr/lib/modules',
  '/usr/lib/systemd',
  '/usr/lib/systemd/system',
  '/usr/sbin',
  '/usr/share',
  '/usr/share/doc',
  '/var',
  '/var/lib',
]);

/** The text of the .spec file of a package whose files lie below `tree` already. */
export function specFile(spec: PackageSpec, tree: string): string {
  const { epoch, version, release } = parseRpmVersion(spec.version);
  const files = packaged(spec);
  return `${[
    `Name: ${spec.name}`,
    ...(epoch === '0' ? [] : [`Epoch: ${epoch}`]),
    `Version: ${version}`,
    `Release: ${release}`,
    'Summary: package of the patchcycle lab',
    'License: Apache-2.0',
    ...(spec.architecture === 'machine' ? [] : ['BuildArch: noarch']),
    // Only what the description says; rpm would else ask for the programs that its scripts call.
    'AutoReqProv: no',
    ...tags('Requires', spec.requires),
    ...tags('Recommends', spec.recommends),
    ...tags('Provides', spec.provides),
    ...(spec.isInstallOnly === true ? ['Provides: installonlypkg(kernel)'] : []),
    ...tags('Conflicts', spec.conflicts),
    ...tags('Obsoletes', spec.obsoletes),
    '%description',
    'package of the patchcycle lab',
    '%install',
    `cp -a ${tree}/. %{buildroot}`,
    ...files.added.map(({ path, content }) => addition(path, content)),
    ...scriptlets(spec),
    '%files',
    ...files.lines,
    ...changelog(spec),
  ].join('\n')}\n`;
}

function tags(tag: string, relations: readonly string[] = []): string[] {
  return relations.map((relation) => {
    const { name, comparison } = parseRelation(relation);
    return `${tag}: ${literal(`${name} ${comparison}`.trimEnd())}`;
  });
}

/** The files with what is kept of each, and those that this family needs in addition. */
function packaged(spec: PackageSpec): { added: NamedFile[]; lines: string[] } {
  // dnf's needs-restarting asks for a reboot after an update of the packages that are named here.
  const added =
    spec.asksForReboot === true
      ? [
          {
            path: `/etc/dnf/plugins/needs-restarting.d/${spec.name}.conf`,
            content: `${spec.name}\n`,
          },
        ]
      : [];
  const files = [...filesOf(spec), ...added];
  const directories = new Set(files.flatMap(({ path }) => ownDirectories(path)));
  return {
    added,
    lines: [
      '%defattr(-,root,root)',
      ...[...directories].sort().map((path) => `%dir %attr(0755,root,root) "${literal(path)}"`),
      ...files.map((file) => `${configurationMark(file)}"${literal(file.path)}"`),
    ],
  };
}

function ownDirectories(path: string): string[] {
  const directory = dirname(path);
  return SYSTEM_DIRECTORIES.has(directory) ? [] : [directory, ...ownDirectories(directory)];
}

function configurationMark({ isConfiguration, replacesEdited }: NamedFile): string {
  if (isConfiguration !== true) return '';
  return replacesEdited === true ? '%config ' : '%config(noreplace) ';
}

function addition(path: string, content: string): string {
  return `install -D -m 0644 /dev/stdin %{buildroot}${path} <<'END'\n${literal(content)}END`;
}

function changelog({ changes = [], version }: PackageSpec): string[] {
  if (changes.length === 0) return [];
  return [
    '%changelog',
    `* Thu Jan 01 2026 The lab <lab@lab.example> - ${literal(version)}`,
    ...changes.map((line) => `- ${literal(line)}`),
  ];
}
