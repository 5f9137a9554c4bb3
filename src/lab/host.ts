import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Argv, CommandOptions, CommandResult } from '../host/tools.ts';
import { clearTraces, createLabDirectory } from './directory.ts';
import { Machine } from './machine.ts';
import { freePort } from '../temporal/server/free-port.ts';
import type { Format } from './package-format.ts';
import { provision, type Provisioning } from './provision.ts';
import { runInHost } from './reach.ts';
import { readInRoot, writeInRoot } from './root-files.ts';
import { ensureRootfs } from './rootfs.ts';
import { failureSentence, runOrThrow } from './run.ts';

/** A host boots in half a second; on a machine under load it may take longer. */
const BOOT_TIMEOUT_MS = 60_000;
/** A host that has not shut down by then has its power cut. */
const POWER_OFF_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

export type LabHostOptions = {
  /** The host's name as it calls itself, for example `web-1`. */
  name: string;
  /** Of its packages. Default `deb`. */
  format?: Format;
  /** The built agent of this machine; the host sees it read-only at /opt/patchcycle. */
  agentDirectory?: string;
  /** Default: a free port. */
  httpPort?: number;
} & Omit<Provisioning, 'hostName' | 'httpPort'>;

/** A disposable real host. Everything waits for a bounded time and then throws. */
export class LabHost {
  readonly name: string;
  /** nginx listens here on loopback; /health answers 200. */
  readonly httpPort: number;
  /** Where the host's root file system lies on this machine. */
  readonly root: string;
  readonly #directory: string;
  readonly #machine: Machine;

  constructor(name: string, httpPort: number, directory: string, machine: Machine) {
    this.name = name;
    this.httpPort = httpPort;
    this.root = machine.root;
    this.#directory = directory;
    this.#machine = machine;
  }

  /** The identifier on this machine of the host's process number 1. Throws while the host is off. */
  get leaderPid(): number {
    const pid = this.#machine.leaderPid;
    if (pid === null) throw new Error(`lab host ${this.name} is off`);
    return pid;
  }

  get isOn(): boolean {
    return this.#machine.isOn;
  }

  /** Boots so far, the first one included. */
  get bootCount(): number {
    return this.#machine.bootCount;
  }

  /** The end of what the host wrote to its console. */
  consoleTail(): string {
    return this.#machine.consoleTail();
  }

  /** Switches the host on again after `stop` or `powerCut`, and waits until it has booted. */
  async start(): Promise<void> {
    await this.#machine.powerOn();
    await this.waitForBoot();
  }

  /** Runs a program on the host and resolves whatever its exit code is; it has the contract of RunCommand. */
  async run(argv: Argv, options: CommandOptions = {}): Promise<CommandResult> {
    return runInHost(this.leaderPid, argv, options);
  }

  /** Runs a program that has to succeed; answers its standard output, or throws what it said. */
  async runOrThrow(argv: Argv, options: CommandOptions = {}): Promise<string> {
    const result = await this.run(argv, options);
    if (result.exitCode !== 0) throw new Error(`on ${this.name}: ${failureSentence(result)}`);
    return result.stdout;
  }

  /** Writes a file of the host, on or off; not below /run and /tmp, which are the running host's memory. */
  async writeFile(path: string, content: string | Buffer, mode?: number): Promise<void> {
    await writeInRoot(this.root, path, content, mode);
  }

  async readFile(path: string): Promise<string> {
    return readInRoot(this.root, path);
  }

  /** The boot identity that the host's own kernel interface shows. */
  async bootId(): Promise<string> {
    return (await this.runOrThrow(['cat', '/proc/sys/kernel/random/boot_id'])).trim();
  }

  /** Waits until all units have started; `degraded` means that at least one of them failed. */
  async waitForBoot(): Promise<'running' | 'degraded'> {
    const deadline = Date.now() + BOOT_TIMEOUT_MS;
    for (;;) {
      const state = await this.#systemState(deadline);
      if (state === 'running' || state === 'degraded') return state;
      if (Date.now() > deadline) {
        throw new Error(`lab host ${this.name} has not booted (${state}): ${this.consoleTail()}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Waits until the host has booted more than `bootCount` times and is up again. */
  async waitForReboot(bootCount: number): Promise<'running' | 'degraded'> {
    const deadline = Date.now() + BOOT_TIMEOUT_MS;
    while (this.bootCount <= bootCount) {
      if (Date.now() > deadline) throw new Error(`lab host ${this.name} has not booted again`);
      await sleep(POLL_MS);
    }
    return this.waitForBoot();
  }

  /** From now on the host does not come back when it reboots, as one whose boot loader is broken. */
  stopReboots(): void {
    this.#machine.rebootPolicy = 'stay-off';
  }

  followReboots(): void {
    this.#machine.rebootPolicy = 'follow';
  }

  /** Waits until the host is off and stays off, for `timeoutMs` at most. */
  async waitForOff(timeoutMs = BOOT_TIMEOUT_MS): Promise<void> {
    if (!(await this.#machine.isOffWithin(timeoutMs))) {
      throw new Error(`lab host ${this.name} is still on after ${timeoutMs} ms`);
    }
  }

  /** Ends all of the host's processes at once. Data that was written but not synced is not lost, unlike with a real one. */
  async powerCut(): Promise<void> {
    await this.#machine.cutPower();
  }

  /** Shuts down in order; after {@link POWER_OFF_TIMEOUT_MS} the power is cut. */
  async stop(): Promise<void> {
    this.#machine.expectOff();
    if (this.#machine.leaderPid !== null) {
      await this.run(['systemctl', '--no-block', 'poweroff'], { timeoutMs: POWER_OFF_TIMEOUT_MS });
      await this.#machine.isOffWithin(POWER_OFF_TIMEOUT_MS);
    }
    await this.#machine.cutPower();
  }

  /** Removes the host with all of its processes, mounts and files; may be called again. */
  async destroy(): Promise<void> {
    await this.#machine.cutPower();
    await clearTraces(basename(this.#directory), this.#directory);
  }

  async #systemState(deadline: number): Promise<string> {
    const { leaderPid } = this.#machine;
    if (leaderPid === null) return 'off';
    const timeoutMs = Math.max(1, deadline - Date.now());
    const result = await runInHost(leaderPid, ['systemctl', 'is-system-running', '--wait'], {
      timeoutMs,
    });
    return result.stdout.trim() || 'not reachable';
  }
}

/** Builds, provisions and boots a host; answers when all of its units have started. */
export async function startLabHost(options: LabHostOptions): Promise<LabHost> {
  const host = await createLabHost(options);
  try {
    await host.start();
    return host;
  } catch (error) {
    await host.destroy();
    throw error;
  }
}

/** Builds and provisions a host that is still off, for tests that change its root before the first boot. */
export async function createLabHost(options: LabHostOptions): Promise<LabHost> {
  const { name, format = 'deb', agentDirectory, ...provisioning } = options;
  const { httpPort = await freePort() } = options;
  const rootfs = await ensureRootfs(format, () => undefined);
  const directory = await createLabDirectory();
  const machine = new Machine({
    directory,
    hostName: name,
    readOnlyBinds: agentDirectory === undefined ? {} : { '/opt/patchcycle': agentDirectory },
  });
  const host = new LabHost(name, httpPort, directory, machine);
  try {
    await runOrThrow([
      'cp',
      '--archive',
      '--reflink=auto',
      '--',
      rootfs.path,
      join(directory, 'root'),
    ]);
    const wanted = { ...provisioning, hostName: name, httpPort };
    await provision(machine.root, rootfs.mirrors, rootfs.format, wanted);
    return host;
  } catch (error) {
    await host.destroy();
    throw error;
  }
}
