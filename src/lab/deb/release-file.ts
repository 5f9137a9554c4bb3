import { createHash } from 'node:crypto';
import type { BuiltPackage } from '../packages.ts';
import { controlFile } from './control-file.ts';

/** The texts of a package archive, as https://wiki.debian.org/DebianRepository/Format has them. */

/** Where a package's archive lies, from the repository's top. */
export function poolPath(built: BuiltPackage): string {
  return `pool/main/${initialOf(built.name)}/${built.name}/${built.name}_${withoutEpoch(built.version)}_${built.architecture}.deb`;
}

/** Where a package's changelog lies; @CHANGEPATH@ of the Release file's Changelogs field. */
export function changelogPath(built: BuiltPackage): string {
  return `changelogs/main/${initialOf(built.name)}/${built.name}/${built.name}_${withoutEpoch(built.version)}_changelog`;
}

export function changelogText(built: BuiltPackage): string {
  const { changes = [], advisory } = built.spec;
  const cves = (advisory?.cves ?? []).map((cve) => `Closes the hole ${cve}.`);
  const lines = [...changes, ...cves].map((line) => `  * ${line}\n`).join('');
  return `${built.name} (${built.version}) stable-security; urgency=high\n\n${lines}\n -- The lab <lab@lab.example>  Thu, 01 Jan 2026 00:00:00 +0000\n`;
}

export function packagesFile(packages: readonly BuiltPackage[]): string {
  return packages
    .map(
      (built) =>
        `${controlFile(built.spec, built.architecture)}Filename: ${poolPath(built)}\nSize: ${built.sizeBytes}\nSHA256: ${built.sha256}\n`,
    )
    .join('\n');
}

export type ReleaseFields = {
  origin: string;
  label: string;
  suite: string;
  codename: string;
  date: Date;
  validUntil: Date;
  architecture: string;
  /** The URL of the changelogs, with @CHANGEPATH@ in it. */
  changelogs: string;
};

/** `files` by their path below `dists/SUITE/`. */
export function releaseFile(fields: ReleaseFields, files: ReadonlyMap<string, Buffer>): string {
  const hashes = [...files].map(
    ([path, content]) =>
      ` ${createHash('sha256').update(content).digest('hex')} ${content.length} ${path}\n`,
  );
  return [
    `Origin: ${fields.origin}\n`,
    `Label: ${fields.label}\n`,
    `Suite: ${fields.suite}\n`,
    `Codename: ${fields.codename}\n`,
    `Changelogs: ${fields.changelogs}\n`,
    `Date: ${utc(fields.date)}\n`,
    `Valid-Until: ${utc(fields.validUntil)}\n`,
    `Architectures: ${fields.architecture}\n`,
    'Components: main\n',
    'SHA256:\n',
    ...hashes,
  ].join('');
}

/** RFC 1123 with the zone that apt insists on. */
function utc(date: Date): string {
  return date.toUTCString().replace('GMT', 'UTC');
}

function initialOf(name: string): string {
  return name.startsWith('lib') ? name.slice(0, 4) : name.slice(0, 1);
}

function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, '');
}
