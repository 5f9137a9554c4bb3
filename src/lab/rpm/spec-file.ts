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

/** The text of the .spec file of a package whose {@link packagedFiles} lie below `tree`. */
export function specFile(spec: PackageSpec, tree: string): string {
  const { epoch, version, release } = parseRpmVersion(spec.version);
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
    ...scriptlets(spec),
    '%files',
    ...fileList(packagedFiles(spec)),
    ...changelog(spec),
  ].join('\n')}\n`;
}

function tags(tag: string, relations: readonly string[] = []): string[] {
  return relations.map((relation) => {
    const { name, comparison } = parseRelation(relation);
    return `${tag}: ${literal(`${name} ${comparison}`.trimEnd())}`;
  });
}

/** The files of the package, and what this family needs in addition. */
export function packagedFiles(spec: PackageSpec): NamedFile[] {
  if (spec.asksForReboot !== true) return filesOf(spec);
  // dnf's needs-restarting asks for a reboot after an update of the packages that are named here.
  const path = `/etc/dnf/plugins/needs-restarting.d/${spec.name}.conf`;
  return [...filesOf(spec), { path, content: `${spec.name}\n` }];
}

/** The files as %files lists them, with what becomes of each. */
function fileList(files: readonly NamedFile[]): string[] {
  const directories = new Set(files.flatMap(({ path }) => ownDirectories(path)));
  return [
    '%defattr(-,root,root)',
    ...[...directories].sort().map((path) => `%dir %attr(0755,root,root) "${literal(path)}"`),
    ...files.map((file) => `${configurationMark(file)}"${literal(file.path)}"`),
  ];
}

function ownDirectories(path: string): string[] {
  const directory = dirname(path);
  return SYSTEM_DIRECTORIES.has(directory) ? [] : [directory, ...ownDirectories(directory)];
}

function configurationMark({ isConfiguration, replacesEdited }: NamedFile): string {
  if (isConfiguration !== true) return '';
  return replacesEdited === true ? '%config ' : '%config(noreplace) ';
}

function changelog({ changes = [], version }: PackageSpec): string[] {
  if (changes.length === 0) return [];
  return [
    '%changelog',
    `* Thu Jan 01 2026 The lab <lab@lab.example> - ${literal(version)}`,
    ...changes.map((line) => `- ${literal(line)}`),
  ];
}
