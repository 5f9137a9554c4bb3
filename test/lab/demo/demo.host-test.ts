import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../support/chromium.ts';

const DEMO = new URL('../../../src/lab/demo/main.ts', import.meta.url).pathname;

/** The demonstration as a process, in a folder of its own. */
class Demo {
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

type Summary = {
  ok: boolean;
  hosts: {
    host: string;
    outcome: string;
    packages: number;
    security: number;
    cves: number;
    reboots: number;
    proof: string | null;
    report: string;
  }[];
};

describe('the demonstration', () => {
  let directory: string;
  let demo: Demo;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-demo-'));
  });
  afterEach(async () => {
    demo.child.kill('SIGTERM');
    await demo.exitCode();
    await rm(directory, { recursive: true });
  });

  it('ends each host as it has to, writes its reports, and leaves nothing behind', async () => {
    demo = new Demo(directory, '--yes', '--json');
    const exitCode = await demo.exitCode();
    expect({ exitCode, stderr: exitCode === 0 ? '' : demo.stderr }).toEqual({
      exitCode: 0,
      stderr: '',
    });
    const { ok, hosts } = JSON.parse(demo.stdout) as Summary;
    expect({ ok, outcomes: hosts.map(({ host, outcome }) => `${host} ${outcome}`) }).toEqual({
      ok: true,
      outcomes: ['web-1 patched', 'db-1 patched', 'shop-1 restored', 'rpm-1 patched'],
    });
    expect(hosts.every(({ packages }) => packages > 0)).toBe(true);
    expect(hosts.at(3)).toMatchObject({ packages: 3, security: 3, cves: 4, reboots: 1 });
    expect(hosts.at(2)?.proof).toMatch(/^proven identical/);
    expect(demo.stderr).toMatch(/approved as "demo", without asking/);
    expect(demo.traces()).toEqual([]);

    const reports = hosts.map(({ report }) => report);
    expect(await readdir(join(directory, 'patchcycle-demo'))).toEqual(
      expect.arrayContaining(reports.map((report) => basename(report))),
    );
    for (const { host, report } of hosts) {
      expect(await readFile(report, 'utf8')).toContain(host);
      await expectPageToOpen(report, host);
    }
  });

  it('is stopped by Ctrl-C in the middle of the change, and leaves nothing behind', async () => {
    demo = new Demo(directory, '--yes');
    await demo.says(/web-1 backup done/);
    demo.child.kill('SIGINT');
    expect(await demo.exitCode()).toBe(130);
    expect(demo.stderr).toMatch(/stopped by SIGINT/);
    expect(demo.stderr).toMatch(/Nothing of it is left/);
    expect(demo.traces()).toEqual([]);
  });

  it('is stopped by Ctrl-C while its hosts are booted, and leaves nothing behind', async () => {
    demo = new Demo(directory, '--yes');
    await demo.says(/booting db-1/);
    demo.child.kill('SIGINT');
    expect(await demo.exitCode()).toBe(130);
    expect(demo.traces()).toEqual([]);
  });

  it('stays up with --keep until Ctrl-C, and ends then as its hosts did', async () => {
    demo = new Demo(directory, '--yes', '--keep');
    await demo.says(/Everything stays up until Ctrl-C/);
    expect(demo.stderr).toMatch(/npx patchcycle status/);
    expect(demo.traces()).not.toEqual([]);
    demo.child.kill('SIGINT');
    expect(await demo.exitCode()).toBe(0);
    expect(demo.traces()).toEqual([]);
  });
});

/** Opens the page in a real browser, without a network; every script error or failed request is told. */
async function expectPageToOpen(file: string, host: string): Promise<void> {
  const executablePath = await findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'The reports are looked at in Chromium, which this machine lacks: apt-get install chromium',
    );
  }
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('requestfailed', (request) => problems.push(request.url()));
    await page.goto(`file://${file}`);
    expect({ problems, title: await page.title() }).toEqual({
      problems: [],
      title: expect.stringContaining(host),
    });
  } finally {
    await browser.close();
  }
}
