import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLabHost, type LabHost } from '../../../src/lab/host.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';

let host: LabHost;
beforeAll(async () => {
  await prepareLab(() => undefined);
  host = await startLabHost({ name: 'rpm-1', format: 'rpm' });
});
afterAll(async () => host?.destroy());

describe('An .rpm host of the lab', () => {
  it('boots to "running" as a host of the Red Hat family and of no other', async () => {
    expect(await host.waitForBoot()).toBe('running');
    expect(await host.readFile('/usr/lib/os-release')).toContain('ID_LIKE="rhel fedora"\n');
    for (const program of ['apt-get', 'dpkg', 'dpkg-query']) {
      expect((await host.run(['which', program])).exitCode).toBe(1);
    }
  });

  it('has its database where the family keeps it, with packages whose files are as they were brought', async () => {
    expect(await host.runOrThrow(['rpm', '--eval', '%_dbpath'])).toBe('/var/lib/rpm\n');
    const packages = await host.runOrThrow(['rpm', '-qa', '--queryformat', '%{NAME}\n']);
    expect(packages.trim().split('\n').sort()).toEqual(['dnf-automatic', 'grubby', 'lab-release']);
    expect(await host.runOrThrow(['rpm', '-Va'])).toBe('');
  });

  it('updates itself by timers of its own, which are quiet in a test', async () => {
    for (const timer of ['dnf-automatic.timer', 'dnf-makecache.timer']) {
      expect(await host.runOrThrow(['systemctl', 'is-enabled', timer])).toBe('enabled\n');
      expect(await host.runOrThrow(['systemctl', 'is-active', timer])).toBe('active\n');
    }
    await host.runOrThrow(['systemctl', 'start', 'dnf-makecache.service']);
  });

  it('answers over http, as every host of the lab', async () => {
    const response = await fetch(`http://127.0.0.1:${host.httpPort}/health`, {
      headers: { connection: 'close' },
    });
    expect(response.status).toBe(200);
  });
});
