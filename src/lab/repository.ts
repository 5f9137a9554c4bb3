import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { debRepository } from './deb/repository-format.ts';
import { createLabDirectory, removeLabDirectory } from './directory.ts';
import type {
  Damage,
  Format,
  RepositoryFormat,
  RepositoryIdentity,
  SourcesEntry,
} from './package-format.ts';
import type { BuiltPackage, PackageSpec } from './packages.ts';
import { RepositoryServer, type Answer } from './repository-server.ts';
import { rpmRepository } from './rpm/repository-format.ts';
import { createSigningKey, type SigningKey } from './signing-key.ts';

const FORMATS: Record<Format, RepositoryFormat> = { deb: debRepository, rpm: rpmRepository };

export type RepositoryOptions = {
  /** Of the packages that it offers. Default `deb`. */
  format?: Format;
  /** Names its files on hosts; letters, digits and hyphens. Default `lab`. */
  name?: string;
  /** Whether hosts take its packages for security updates. Default `security`. */
  updates?: 'security' | 'ordinary';
};

/** A signed repository of real packages on loopback, which can be damaged and mended. */
export class LabRepository {
  readonly name: string;
  readonly #format: RepositoryFormat;
  readonly #updates: 'security' | 'ordinary';
  readonly #directory: string;
  readonly #key: SigningKey;
  readonly #otherKey: SigningKey;
  readonly #server: RepositoryServer;
  /** The newest that was built of each name and version. */
  readonly #built = new Map<string, BuiltPackage>();
  /** What is offered, by the same names. */
  readonly #offered = new Map<string, BuiltPackage>();
  #files = new Map<string, Buffer>();
  #damage: Damage = 'none';

  constructor(
    { format = 'deb', name = 'lab', updates = 'security' }: RepositoryOptions,
    made: { directory: string; keys: [SigningKey, SigningKey] },
  ) {
    this.name = name;
    this.#format = FORMATS[format];
    this.#updates = updates;
    this.#directory = made.directory;
    [this.#key, this.#otherKey] = made.keys;
    this.#server = new RepositoryServer((path) => this.#answer(path));
  }

  /**
   * Builds packages without offering them, for installing them on a host before it boots. One that
   * was built from an equal description is answered again: it keeps its hash, signature included.
   */
  async build(...specs: readonly PackageSpec[]): Promise<BuiltPackage[]> {
    const fresh = specs.filter(
      (spec) => !isDeepStrictEqual(this.#built.get(keyOf(spec))?.spec, spec),
    );
    for (const one of await this.#format.build(fresh, this.#directory, this.#key)) {
      this.#built.set(keyOf(one), one);
    }
    return specs.flatMap((spec) => this.#built.get(keyOf(spec)) ?? []);
  }

  /** Builds the packages and offers them beside those that are offered already. */
  async publish(...specs: readonly PackageSpec[]): Promise<BuiltPackage[]> {
    const built = await this.build(...specs);
    for (const one of built) this.#offered.set(keyOf(one), one);
    await this.#render();
    return built;
  }

  /** Offers these versions of the package no more. */
  async withdraw(name: string, ...versions: readonly string[]): Promise<void> {
    for (const version of versions) this.#offered.delete(keyOf({ name, version }));
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
    return this.#format.sourcesEntry(this.#identity);
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

  get #identity(): RepositoryIdentity {
    const url = `http://127.0.0.1:${this.#server.port}/`;
    return { name: this.name, updates: this.#updates, url, key: this.#key };
  }

  #answer(path: string): Answer {
    if (this.#damage === 'hanging') return 'never';
    if (this.#damage === 'not-found') return 'not-found';
    return this.#files.get(path) ?? 'not-found';
  }

  async #render(): Promise<void> {
    this.#files = await this.#format.files({
      ...this.#identity,
      packages: [...this.#offered.values()],
      damage: this.#damage,
      otherKey: this.#otherKey,
      directory: this.#directory,
    });
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
    const repository = new LabRepository(options, { directory, keys });
    await repository.open();
    return repository;
  } catch (error) {
    await removeLabDirectory(directory);
    throw error;
  }
}

function keyOf({ name, version }: { name: string; version: string }): string {
  return `${name} ${version}`;
}
