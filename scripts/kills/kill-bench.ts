import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabHost } from '../../src/lab/host.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { bulkPackages } from '../../src/lab/tool-package.ts';
import { openCycleSite, type CycleSite } from '../../test/cycles/support/cycle-site.ts';
import { differences, readTree } from '../../test/cycles/support/tree.ts';
import type { Family } from '../../test/packages/conformance/family.ts';

/** So many that their installation takes long enough to choose a moment in it. */
const BULK = { count: 16, filesEach: 120 };
const packagesOf = (version: string) => bulkPackages({ ...BULK, version });
const NAMES = packagesOf('1-1').map(({ name }) => name);

/** A cycle takes seconds; one that heals or restores after a power cut, a minute on a busy machine. */
const CYCLE_TIMEOUT_MS = 120_000;

const POLICY = { reboot: 'never', logs: { soak: '1s' } };

/** Differences that are named; the others are counted. */
const NAMED_MAX = 5;

export type Kill = {
  /** Every process of the package tools, with SIGKILL, or the power of the host. */
  what: 'tools' | 'power';
  /** When, as a part of the time that an undisturbed installation takes. */
  at: number;
};

export type Ending = {
  /** False when the installation was over before: then nothing was tried. */
  hit: boolean;
  /** The cycle's outcome, or `needs-attention`. */
  outcome: string;
  /** `all new`, `all old`, or what is wrong. */
  packages: string;
};

/** Whether the host is all new or all old, and the outcome says which. */
export function isGood({ outcome, packages }: Ending): boolean {
  return (
    (outcome === 'patched' && packages === 'all new') ||
    (outcome === 'restored' && packages === 'all old')
  );
}

/** A host that is patched from one version to the next, in whole cycles whose installation is cut off. */
export class KillBench {
  readonly #family: Family;
  readonly #cycles: CycleSite;
  readonly #repository: LabRepository;
  #host: LabHost;
  #installed = '1-1';
  #offered = 1;
  #hosts = 1;

  constructor(family: Family, cycles: CycleSite, repository: LabRepository, host: LabHost) {
    this.#family = family;
    this.#cycles = cycles;
    this.#repository = repository;
    this.#host = host;
  }

  /** Lets one cycle go on undisturbed; answers how long its installation took. */
  async measure(): Promise<number> {
    const version = await this.#offerNext();
    const job = await this.#untilInstalling();
    const started = performance.now();
    while (!existsSync(join(job, 'result.json'))) await sleep(2);
    const durationMs = performance.now() - started;
    const outcome = await this.#untilOver();
    if (outcome !== 'patched') throw new Error(`an undisturbed cycle ended ${outcome}`);
    this.#installed = version;
    return durationMs;
  }

  /** Cuts off the installation of one cycle, and looks at what the cycle has come to. */
  async run({ what, at }: Kill, durationMs: number): Promise<Ending> {
    const before = await this.#tree();
    const version = await this.#offerNext();
    const job = await this.#untilInstalling();
    await sleep(at * durationMs);
    const hit = what === 'tools' ? await this.#killTools() : await this.#cutPower(job);
    const outcome = await this.#untilOver();
    const packages = await this.#describePackages(version);
    if (packages === 'all new') this.#installed = version;
    const changed = packages === 'all old' ? differences(before, await this.#tree()) : [];
    return { hit, outcome, packages: changed.length === 0 ? packages : described(changed) };
  }

  /** One that is neither new nor old is no place for another kill. */
  async replaceHost(): Promise<void> {
    await this.#host.destroy();
    this.#hosts += 1;
    this.#host = await startHost(this.#family, this.#cycles, this.#repository, this.#hosts);
    this.#installed = '1-1';
  }

  async close(): Promise<void> {
    await this.#cycles.stop();
    await this.#repository.close();
  }

  async #offerNext(): Promise<string> {
    this.#offered += 1;
    const version = `${this.#offered}-1`;
    await this.#repository.publish(...packagesOf(version));
    await this.#cycles.start(this.#host.name, POLICY);
    return version;
  }

  /** Answers the directory of the job that installs, as soon as it runs. */
  async #untilInstalling(): Promise<string> {
    const jobs = 'var/lib/patchcycle/cycles/*/jobs/*-install-1/started.json';
    const deadline = Date.now() + CYCLE_TIMEOUT_MS;
    for (;;) {
      for await (const path of glob(jobs, { cwd: this.#host.root })) {
        const job = join(this.#host.root, dirname(path));
        if (!existsSync(join(job, 'result.json'))) return job;
      }
      if (Date.now() > deadline) {
        const { cycle, report } = await this.#cycles.site.client.status(this.#host.name);
        const where = JSON.stringify([cycle?.state, cycle?.steps.at(-1), report?.outcome]);
        throw new Error(`the cycle did not come to an installation: ${where}`);
      }
      await sleep(2);
    }
  }

  async #killTools(): Promise<boolean> {
    // The process numbers are the host's own: nothing else is called so there.
    const programs = this.#family.installers.join('|');
    return (await this.#host.run(['pkill', '-KILL', '-x', programs])).exitCode === 0;
  }

  async #cutPower(job: string): Promise<boolean> {
    await this.#host.powerCut();
    const hit = !existsSync(join(job, 'result.json'));
    await this.#host.start();
    return hit;
  }

  async #untilOver(): Promise<string> {
    const deadline = Date.now() + CYCLE_TIMEOUT_MS;
    for (;;) {
      const { running, report, cycle } = await this.#cycles.site.client.status(this.#host.name);
      if (!running) return report?.outcome ?? 'no report';
      if (cycle?.state.name === 'needs-attention') return 'needs-attention';
      if (Date.now() > deadline) throw new Error(`the cycle is still ${cycle?.state.name}`);
      await sleep(100);
    }
  }

  #tree(): Promise<Map<string, string>> {
    return readTree(this.#host.root, this.#family.databases);
  }

  async #describePackages(version: string): Promise<string> {
    const faults = await this.#family.faults(this.#host, NAMES);
    if (faults !== '') return described(faults.split('\n'));
    const versions: string[] = [];
    for (const name of NAMES) versions.push(await this.#family.versionOf(this.#host, name));
    if (versions.every((one) => one === version)) return 'all new';
    if (versions.every((one) => one === this.#installed)) return 'all old';
    return described(NAMES.map((name, index) => `${name} ${versions[index]}`));
  }
}

export async function openKillBench(family: Family): Promise<KillBench> {
  const cycles = await openCycleSite();
  const repository = await createRepository({ format: family.format });
  const host = await startHost(family, cycles, repository, 1);
  return new KillBench(family, cycles, repository, host);
}

async function startHost(
  { name, format }: Family,
  cycles: CycleSite,
  repository: LabRepository,
  number: number,
): Promise<LabHost> {
  const old = await repository.build(...packagesOf('1-1'));
  return cycles.site.startHost({
    name: `kills-${name}-${number}`,
    format,
    unattended: true,
    archives: [],
    repositories: [repository.sourcesEntry()],
    packages: old.map(({ file }) => file),
  });
}

function described(lines: readonly string[]): string {
  const more = lines.length > NAMED_MAX ? [`and ${lines.length - NAMED_MAX} more`] : [];
  return [...lines.slice(0, NAMED_MAX), ...more].join('; ');
}
