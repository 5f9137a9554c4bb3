import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LabHost } from '../../src/lab/host.ts';
import { openCycleSite, stepStatus, type CycleSite } from './support/cycle-site.ts';

let cycles: CycleSite;
beforeAll(async () => {
  cycles = await openCycleSite();
});
afterAll(() => cycles.stop());

/** Packages whose candidate is newer than what is installed, as apt itself counts them. */
async function pending(host: LabHost): Promise<string[]> {
  await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
  const simulation = await host.runOrThrow([
    'apt-get',
    '-s',
    '-o',
    'Debug::NoLocking=true',
    'dist-upgrade',
  ]);
  return [...simulation.matchAll(/^Inst (\S+) (.*)$/gm)].map(([, name, rest]) => `${name} ${rest}`);
}

describe('a host with real pending updates', () => {
  it('is patched, rebooted once and verified, and a second cycle finds nothing to do', async () => {
    const host = await cycles.site.startHost({ name: 'full-1', unattended: true });
    expect((await pending(host)).length).toBeGreaterThan(5);
    const bootBefore = await host.bootId();

    const report = await cycles.patch('full-1', {
      health: { services: ['nginx'], http: [{ url: `http://127.0.0.1:${host.httpPort}/health` }] },
    });

    expect(report).toMatchObject({ outcome: 'patched', failures: [] });
    expect(await pending(host)).toEqual([]);
    expect(await host.bootId()).not.toBe(bootBefore);
    expect(host.bootCount).toBe(2);
    expect(report.reboots).toHaveLength(1);
    expect(report.plan?.securityCount).toBeGreaterThan(5);
    expect(report.commands.some(({ argv }) => argv.includes('install'))).toBe(true);
    expect(await host.runOrThrow(['systemctl', 'is-active', 'apt-daily.timer'])).toContain(
      'active',
    );
    expect(await host.runOrThrow(['dpkg', '--audit'])).toBe('');

    expect((await cycles.patch('full-1')).outcome).toBe('up-to-date');
    await host.destroy();
  });

  it('of scope security gets every security update and nothing else, where dist-upgrade would bring more', async () => {
    const host = await cycles.site.startHost({ name: 'secure-1', unattended: true });
    const installedBefore = await installed(host);

    const report = await cycles.patch('secure-1', { scope: 'security', reboot: 'never' });

    expect(report.outcome).toBe('patched');
    expect(stepStatus(report, 'upgrade')).toBe('skipped');
    const planned = new Map(
      report.plan?.rows.map((row) => [`${row.name}:${row.architecture}`, row.newVersion]),
    );
    const installedAfter = await installed(host);
    const changed = [...installedAfter].filter(
      ([name, version]) => installedBefore.get(name) !== version,
    );
    expect(new Map(changed)).toEqual(planned);
    expect((await pending(host)).filter((line) => line.includes('Debian-Security'))).toEqual([]);
    await host.destroy();
  });
});

async function installed(host: LabHost): Promise<Map<string, string>> {
  const list = await host.runOrThrow([
    'dpkg-query',
    '-W',
    '-f',
    '${Package}:${Architecture} ${Version}\\n',
  ]);
  return new Map(
    list
      .trim()
      .split('\n')
      .map((line) => line.split(' ') as [string, string]),
  );
}
