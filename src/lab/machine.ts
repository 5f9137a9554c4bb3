import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeCgroup, startInCgroup } from './cgroup.ts';
import { childrenOf, killProcess, leadsNamespace, programOf } from './processes.ts';

/** systemd-nspawn's exit status when what it ran asked to be booted again. */
const EXIT_REBOOT = 133;
/** From the start of systemd-nspawn to the host's own systemd: 0.1 s; a busy machine needs more. */
const POWER_ON_TIMEOUT_MS = 20_000;
/** A host in a boot loop is a defect of what is tested; it shall not run for ever. */
const REBOOTS_MAX = 50;
/** From the end of a host's last process to the end of its systemd-nspawn: a few milliseconds. */
const TIDY_UP_MS = 2_000;
const POLL_MS = 20;

export type MachineOptions = {
  /** The lab directory; it holds `root` and `console.log`, its last part is the machine's name. */
  directory: string;
  hostName: string;
  /** Directories of this machine, by the path at which the host sees them, read-only. */
  readOnlyBinds: Readonly<Record<string, string>>;
};

/** The power side of a lab host: on, off, boot again, cut. */
export class Machine {
  /** How often the host was powered on or booted again. */
  bootCount = 0;
  /** What happens when the host asks to be booted again; `stay-off` makes a host that never comes back. */
  rebootPolicy: 'follow' | 'stay-off' = 'follow';
  readonly root: string;
  readonly consoleFile: string;
  readonly #options: MachineOptions;
  #process: ChildProcess | null = null;
  #leader: number | null = null;
  #turningOff = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.root = join(options.directory, 'root');
    this.consoleFile = join(options.directory, 'console.log');
  }

  get name(): string {
    return basename(this.#options.directory);
  }

  /** The process of this machine that is number 1 on the host; null while it is off. */
  get leaderPid(): number | null {
    return this.#leader;
  }

  get isOn(): boolean {
    return this.#process !== null;
  }

  /** Switches on and resolves when the host's systemd has begun; harmless when it is on. */
  async powerOn(): Promise<void> {
    if (this.#process === null) {
      this.#turningOff = false;
      this.#boot();
    }
    const deadline = Date.now() + POWER_ON_TIMEOUT_MS;
    while (this.#leader === null) {
      if (this.#process === null || Date.now() > deadline) {
        throw new Error(`lab host ${this.#options.hostName} did not start: ${this.consoleTail()}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Ends every process of the host at once, as a power cut does, except that no cached write is lost. */
  async cutPower(): Promise<void> {
    this.#turningOff = true;
    // When number 1 of a process namespace dies, the kernel ends all others in it by SIGKILL.
    if (this.#leader !== null) killProcess(this.#leader);
    // systemd-nspawn then tidies up and ends itself.
    const ended = this.#leader !== null && (await this.isOffWithin(TIDY_UP_MS));
    if (!ended) this.#process?.kill('SIGKILL');
    await this.whenOff();
    await removeCgroup(this.name);
  }

  /** Resolves when the host is off and stays off. */
  async whenOff(): Promise<void> {
    while (this.#process !== null) await once(this.#process, 'exit');
  }

  /** Whether the host is off, at once or within the time. */
  async isOffWithin(timeoutMs: number): Promise<boolean> {
    const timer = new AbortController();
    const late = sleep(timeoutMs, false, { signal: timer.signal }).catch(() => false);
    try {
      return await Promise.race([this.whenOff().then(() => true), late]);
    } finally {
      timer.abort();
    }
  }

  /** From now on the host's next end is its last: a reboot is not followed. */
  expectOff(): void {
    this.#turningOff = true;
  }

  /** The end of what the host wrote to its console over all of its boots. */
  consoleTail(): string {
    return readFileSync(this.consoleFile, 'utf8').slice(-2000);
  }

  #boot(): void {
    const output = openSync(this.consoleFile, 'a', 0o600);
    const [program, ...args] = nspawnArgv(this.#options, this.root, this.name);
    try {
      const started = startInCgroup(this.name, () =>
        // Its own session: Ctrl-C in the terminal is for the lab's owner, who shuts hosts down in order.
        spawn(program, args, { stdio: ['ignore', output, output], detached: true }),
      );
      this.#process = started;
      this.bootCount += 1;
      started.once('error', () => this.#onExit(started, null));
      started.once('exit', (code) => this.#onExit(started, code));
      void this.#findLeader(started);
    } finally {
      closeSync(output);
    }
  }

  #onExit(ended: ChildProcess, code: number | null): void {
    if (this.#process !== ended) return;
    this.#process = null;
    this.#leader = null;
    const comesBack = code === EXIT_REBOOT && !this.#turningOff && this.rebootPolicy === 'follow';
    if (comesBack && this.bootCount < REBOOTS_MAX) this.#boot();
  }

  async #findLeader(started: ChildProcess): Promise<void> {
    while (this.#process === started && this.#leader === null) {
      // systemd-nspawn forks helpers of itself first; what it boots has another name.
      const leader = childrenOf(started.pid ?? 0).find(
        (pid) => leadsNamespace(pid) && programOf(pid) !== 'systemd-nspawn',
      );
      if (leader === undefined) await sleep(POLL_MS);
      else this.#leader = leader;
    }
  }
}

/** The whole command line, beginning with what makes the host die with the process that owns it. */
function nspawnArgv(options: MachineOptions, root: string, name: string): [string, ...string[]] {
  const colon = (path: string) => path.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
  return [
    'setpriv',
    '--pdeathsig',
    // systemd-nspawn takes it as the order to shut the host down; killed, it would leave it running.
    'TERM',
    '--',
    'systemd-nspawn',
    '--quiet',
    '--settings=no',
    // No systemd has to run on the machine itself, so nothing may be registered with one.
    '--register=no',
    '--keep-unit',
    `--directory=${root}`,
    `--machine=${name}`,
    `--hostname=${options.hostName}`,
    // What is in the root is the host's own; only so a manifest of all of it can be compared.
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    ...Object.entries(options.readOnlyBinds).map(
      ([inside, outside]) => `--bind-ro=${colon(outside)}:${colon(inside)}`,
    ),
    '--boot',
    '--console=read-only',
  ];
}
