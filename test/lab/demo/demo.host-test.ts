import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../support/chromium.ts';
import { Demo } from './support/demo-process.ts';

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
