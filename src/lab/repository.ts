import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createLabDirectory, removeLabDirectory } from './directory.ts';
import { buildPackage, type BuiltPackage, type PackageSpec } from './packages.ts';
import type { SourcesEntry } from './provision.ts';
import {
  changelogPath,
  changelogText,
  packagesFile,
  poolPath,
  releaseFile,
} from './release-file.ts';
import { RepositoryServer, type Answer } from './repository-server.ts';
import { runOrThrow } from './run.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

/**
 * What can be wrong with a repository:
 * - `dead`: nobody listens. `hanging`: it takes requests and never answers. `not-found`: 404 for everything.
 * - `expired`, `future-dated`: the Release file is valid until an hour ago, or from next week on.
 * - `bad-signature`: the Release file was changed after it was signed. `unknown-key`: somebody else signed it.
 * - `unsigned`: there is a Release file and no signature at all.
 * - `lists-mismatch`: the package list is not the one that the Release file names.
 * - `archives-mismatch`, `archives-not-found`: lists are right, archives are altered or gone.
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
  | 'archives-not-found';

export type RepositoryOptions = {
  /** Names its files on hosts; letters, digits and hyphens. Default `lab`. */
  name?: string;
  /** Defaults make it look like Debian's security archive, by which the planner tells security updates. */
  origin?: string;
  label?: string;
  suite?: string;
  codename?: string;
};

const HOUR_MS = 3_600_000;

/** A signed repository of real packages on loopback, which can be damaged and mended. */
export class LabRepository {
  readonly name: string;
  readonly #release: { origin: string; label: string; suite: string; codename: string };
  readonly #directory: string;
  readonly #architecture: string;
  readonly #key: SigningKey;
  readonly #otherKey: SigningKey;
  readonly #server: RepositoryServer;
  readonly #packages = new Map<string, BuiltPackage>();
  #files = new Map<string, Buffer>();
  #damage: Damage = 'none';

  constructor(
    options: RepositoryOptions,
    made: { directory: string; architecture: string; keys: [SigningKey, SigningKey] },
  ) {
    this.name = options.name ?? 'lab';
    this.#release = {
      origin: options.origin ?? 'Debian',
      label: options.label ?? 'Debian-Security',
      suite: options.suite ?? 'stable-security',
      codename: options.codename ?? 'lab-security',
    };
    this.#directory = made.directory;
    this.#architecture = made.architecture;
    [this.#key, this.#otherKey] = made.keys;
    this.#server = new RepositoryServer((path) => this.#answer(path));
  }

  /** Builds packages without offering them, for installing them on a host before it boots. */
  async build(...specs: readonly PackageSpec[]): Promise<BuiltPackage[]> {
    const built: BuiltPackage[] = [];
    for (const spec of specs) built.push(await buildPackage(spec, this.#directory));
    return built;
  }

  /** Builds the packages and offers them beside those that are offered already. */
  async publish(...specs: readonly PackageSpec[]): Promise<BuiltPackage[]> {
    const built = await this.build(...specs);
    for (const one of built) this.#packages.set(`${one.name} ${one.version}`, one);
    await this.#render();
    return built;
  }

  /** Offers these versions of the package no more. */
  async withdraw(name: string, ...versions: readonly string[]): Promise<void> {
    for (const version of versions) this.#packages.delete(`${name} ${version}`);
    await this.#render();
  }

  /** Does the damage from now on, instead of the one before; `none` mends everything. */
  async damage(damage: Damage): Promise<void> {
    this.#damage = damage;
    await this.#render();
    if (damage === 'dead') await this.#server.close();
    else await this.#server.open();
  }

  async mend(): Promise<void> {
    await this.damage('none');
  }

  /** The paths that were asked for so far, the newest last. */
  get requests(): readonly string[] {
    return this.#server.requests;
  }

  /** What a host needs to use this repository, for its provisioning. */
  sourcesEntry(): SourcesEntry {
    const stanza = [
      'Types: deb',
      `URIs: http://127.0.0.1:${this.#server.port}/`,
      `Suites: ${this.#release.suite}`,
      'Components: main',
      `Signed-By: /etc/apt/keyrings/${this.name}.asc`,
    ];
    return { name: this.name, stanza: `${stanza.join('\n')}\n`, key: this.#key.publicKey };
  }

  async open(): Promise<void> {
    await this.#server.open();
    await this.#render();
  }

  /** Stops serving and removes everything; may be called again. */
  async close(): Promise<void> {
    await this.#server.close();
    await removeLabDirectory(this.#directory);
  }

  #answer(path: string): Answer {
    if (this.#damage === 'hanging') return 'never';
    if (this.#damage === 'not-found') return 'not-found';
    if (this.#damage === 'archives-not-found' && path.startsWith('pool/')) return 'not-found';
    return this.#files.get(path) ?? 'not-found';
  }

  async #render(): Promise<void> {
    const packages = [...this.#packages.values()];
    const list = Buffer.from(packagesFile(packages));
    const lists = new Map([[`main/binary-${this.#architecture}/Packages`, list]]);
    lists.set(`main/binary-${this.#architecture}/Packages.gz`, gzipSync(list));
    const top = `dists/${this.#release.suite}`;
    const files = await this.#signedRelease(this.#releaseText(lists), top);
    for (const [path, content] of lists) {
      files.set(`${top}/${path}`, this.#damage === 'lists-mismatch' ? altered(content) : content);
    }
    for (const built of packages) {
      const archive = await readFile(built.file);
      files.set(poolPath(built), this.#damage === 'archives-mismatch' ? altered(archive) : archive);
      files.set(changelogPath(built), Buffer.from(changelogText(built)));
    }
    this.#files = files;
  }

  #releaseText(lists: ReadonlyMap<string, Buffer>): string {
    const now = Date.now();
    const date = new Date(this.#damage === 'future-dated' ? now + 7 * 24 * HOUR_MS : now);
    const validUntil = new Date(
      this.#damage === 'expired' ? now - HOUR_MS : date.getTime() + 7 * 24 * HOUR_MS,
    );
    const changelogs = `http://127.0.0.1:${this.#server.port}/changelogs/@CHANGEPATH@_changelog`;
    return releaseFile(
      { ...this.#release, date, validUntil, architecture: this.#architecture, changelogs },
      lists,
    );
  }

  async #signedRelease(text: string, top: string): Promise<Map<string, Buffer>> {
    if (this.#damage === 'unsigned') return new Map([[`${top}/Release`, Buffer.from(text)]]);
    const key = this.#damage === 'unknown-key' ? this.#otherKey : this.#key;
    const signed = await key.sign(text);
    const changed =
      this.#damage === 'bad-signature'
        ? signed.replace('Components: main', 'Components: mine')
        : signed;
    return new Map([[`${top}/InRelease`, Buffer.from(changed)]]);
  }
}

/** Makes an empty repository with keys of its own and serves it. */
export async function createRepository(options: RepositoryOptions = {}): Promise<LabRepository> {
  const directory = await createLabDirectory();
  try {
    const keys: [SigningKey, SigningKey] = [
      await createSigningKey(join(directory, 'key')),
      await createSigningKey(join(directory, 'other-key')),
    ];
    const architecture = (await runOrThrow(['dpkg', '--print-architecture'])).trim();
    const repository = new LabRepository(options, { directory, architecture, keys });
    await repository.open();
    return repository;
  } catch (error) {
    await removeLabDirectory(directory);
    throw error;
  }
}

/** Other bytes, as many as before. */
function altered(content: Buffer): Buffer {
  const copy = Buffer.from(content);
  const middle = copy.length >> 1;
  copy.writeUInt8((copy.readUInt8(middle) + 1) % 256, middle);
  return copy;
}
