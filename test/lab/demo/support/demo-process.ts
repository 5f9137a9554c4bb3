import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

const DEMO = new URL('../../../../src/lab/demo/main.ts', import.meta.url).pathname;

/** The demonstration as a process, in a folder of its own. */
export class Demo {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #closed: Promise<[number | null]>;

  constructor(directory: string, ...flags: string[]) {
    this.child = spawn(process.execPath, [DEMO, ...flags], {
      cwd: directory,
      // A Ctrl-C of whoever runs the tests is for the tests.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (text) => (this.stdout += String(text)));
    this.child.stderr?.on('data', (text) => (this.stderr += String(text)));
    this.#closed = once(this.child, 'close') as Promise<[number | null]>;
  }

  async exitCode(): Promise<number | null> {
    return (await this.#closed)[0];
  }

  async says(pattern: RegExp): Promise<void> {
    const ended = this.#closed.then(() => {
      throw new Error(`It ended without saying ${pattern}:\n${this.stderr}`);
    });
    ended.catch(() => undefined);
    while (!pattern.test(this.stderr)) {
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), ended]);
    }
  }

  /** What is left of it on this machine: folders, processes, mounts, control groups. */
  traces(): string[] {
    const mark = `patchcycle-lab-${this.child.pid}-`;
    const folders = readdirSync(process.env['TMPDIR'] ?? '/var/tmp').filter((name) =>
      name.startsWith(mark),
    );
    const mounts = linesOf('/proc/self/mounts').filter((line) => line.includes(mark));
    const processes = readdirSync('/proc').filter(
      (entry) => /^\d+$/.test(entry) && isOfThis(entry, this.child.pid ?? 0, mark),
    );
    return [...folders, ...mounts, ...processes.map((pid) => `process ${pid}`)];
  }
}

/** Children of the demonstration, and everything in the control group of one of its hosts. */
function isOfThis(pid: string, demo: number, mark: string): boolean {
  const text = ['cgroup', 'cmdline'].map((name) => textOf(`/proc/${pid}/${name}`)).join('\n');
  const parent = /^PPid:\s+(\d+)$/m.exec(textOf(`/proc/${pid}/status`))?.[1];
  return text.includes(mark) || parent === String(demo);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The process has ended since its folder was read.
    return '';
  }
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').split('\n');
}
