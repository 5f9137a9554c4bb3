import type { Mirrors, ArchiveKind } from './mirrors.ts';
import type { BuiltPackage, PackageSpec } from './packages.ts';
import type { SigningKey } from './signing-key.ts';

/** What differs between the families of package tools, for whoever makes repositories and hosts of them. */

export type Format = 'deb' | 'rpm';

/**
 * What can be wrong with a repository:
 * - `dead`: nobody listens. `hanging`: it takes requests and never answers. `not-found`: 404 for everything.
 * - `expired`: its metadata says that it is of the past; a .deb repository says until when it is valid,
 *   an .rpm repository only when it was made, which is a year ago then.
 * - `future-dated`: the same, from next week on.
 * - `bad-signature`: the signed file was changed after it was signed. `unknown-key`: somebody else signed it.
 * - `unsigned`: there is no signature at all.
 * - `lists-mismatch`: the package list is not the one that the signed file names.
 * - `archives-mismatch`, `archives-not-found`: lists are right, archives are altered or gone.
 * - `archives-unsigned`: lists are right, archives carry no signature of their own; only an .rpm has one.
 */
export type Damage =
  | 'none'
  | 'dead'
  | 'hanging'
  | 'not-found'
  | 'expired'
  | 'future-dated'
  | 'bad-signature'
  | 'unknown-key'
  | 'unsigned'
  | 'lists-mismatch'
  | 'archives-mismatch'
  | 'archives-not-found'
  | 'archives-unsigned';

/** A package source besides the mirrors, as a lab repository describes itself to hosts. */
export type SourcesEntry = {
  format: Format;
  /** What the source needs on the host, by path. */
  files: Readonly<Record<string, string>>;
  /** The one of the files that is the public key. */
  keyFile: string;
};

/** How a repository describes itself, whatever it offers. */
export type RepositoryIdentity = {
  name: string;
  /** Whether hosts take its packages for security updates. */
  updates: 'security' | 'ordinary';
  /** Where it is served, with a slash at its end. */
  url: string;
  key: SigningKey;
};

export type RepositoryContent = RepositoryIdentity & {
  packages: readonly BuiltPackage[];
  damage: Damage;
  /** Nobody trusts it; for `unknown-key`. */
  otherKey: SigningKey;
  /** Where the packages were built; files may be made here. */
  directory: string;
};

export type RepositoryFormat = {
  /** Builds the packages into `directory`, which must exist. */
  build(specs: readonly PackageSpec[], directory: string, key: SigningKey): Promise<BuiltPackage[]>;
  /** Every file that is served, by its path from the repository's top, in its damaged state. */
  files(content: RepositoryContent): Promise<Map<string, Buffer>>;
  sourcesEntry(identity: RepositoryIdentity): SourcesEntry;
};

export type HostFormat = {
  /** Debian packages of the root file system besides those of every lab host. */
  rootPackages: readonly string[];
  /** Packages of the lab that every such host has. */
  basePackages: readonly PackageSpec[];
  /** What is left to do in the root that mmdebstrap made. */
  finishRoot(root: string): Promise<void>;
  /** Timers that run once a day. */
  dailyTimers: readonly string[];
  /** Lets the host, which is off, know its package sources. */
  writeSources(
    root: string,
    mirrors: Mirrors,
    archives: readonly ArchiveKind[],
    repositories: readonly SourcesEntry[],
  ): Promise<void>;
  /** Installs these package files of this machine into the root; no service is started. */
  installPackages(root: string, files: readonly string[]): Promise<void>;
};

/** Other bytes, as many as before. */
export function altered(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const middle = copy.length >> 1;
  copy.writeUInt8((copy.readUInt8(middle) + 1) % 256, middle);
  return copy;
}
