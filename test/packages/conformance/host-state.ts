import { describe, expect, it } from '@jest/globals';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import type { Family } from './family.ts';
import { offer, preinstall, update, type TheLab } from './lab.ts';

export function describeHostState(family: Family, theLab: TheLab): void {
  describe('looking at the host', () => {
    it('names files that are not as their package brought them, and no edited configuration file', async () => {
      const lab = theLab();
      await preinstall(
        lab,
        toolPackage({ name: 'audited', version: '1.0-1', configuration: 'colour = red\n' }),
      );
      await offer(
        lab,
        'security',
        toolPackage({ name: 'audited', version: '1.1-1', configuration: 'colour = red\n' }),
      );
      const { input } = await update(lab, ['audited']);
      await lab.host.writeFile('/etc/audited.conf', 'colour = mine\n');
      expect(await lab.manager.audit(input.changes)).toEqual([]);
      await lab.host.runOrThrow(['sed', '-i', 's/audited/forged/', '/usr/bin/audited']);
      expect(await lab.manager.audit(input.changes)).toEqual([
        expect.stringMatching(/^\/usr\/bin\/audited is not as its package brought it/),
      ]);
      await lab.host.runOrThrow(['rm', '/usr/bin/audited']);
      expect(await lab.manager.audit(input.changes)).toEqual(['/usr/bin/audited is missing']);
    });

    it('names a process that still runs replaced code', async () => {
      const { host, manager } = theLab();
      await host.runOrThrow(['cp', '/usr/bin/sleep', '/usr/bin/outdated']);
      await host.runOrThrow(['systemd-run', '--unit=outdated', '/usr/bin/outdated', '600']);
      try {
        expect(await manager.rebootRequired()).toMatchObject({ answer: 'no' });
        await host.runOrThrow(['rm', '/usr/bin/outdated']);
        const { answer, reason } = await manager.rebootRequired();
        expect(answer).toBe('yes');
        expect(reason).toMatch(/^old code still runs in outdated \(pid \d+: outdated\)$/);
      } finally {
        await host.runOrThrow(['systemctl', 'stop', 'outdated']);
      }
      expect(await manager.rebootRequired()).toMatchObject({ answer: 'no' });
    });

    it('switches the other updaters off over a reboot, and on again as they were', async () => {
      const { host, manager } = theLab();
      const units = family.updaters;
      const allAre = (state: string) => units.map(() => `${state}\n`).join('');
      const states = async () => (await host.run(['systemctl', 'is-active', ...units])).stdout;
      const unitFiles = () =>
        host.runOrThrow(['find', '/etc/systemd/system', '-printf', '%p %y %l\n']);
      const before = await unitFiles();
      expect(await states()).toBe(allAre('active'));
      expect((await manager.inspect()).otherUpdaters).toEqual(units);

      const told: string[][] = [];
      const remember = async (names: readonly string[]): Promise<void> =>
        void told.push([...names]);
      expect(await manager.suspendUpdaters(remember)).toEqual(units);
      expect(told).toEqual([units]);
      expect(await states()).toBe(allAre('inactive'));
      // Whoever starts them now, a package's script for example, gets nothing.
      await host.runOrThrow(['systemctl', 'start', ...units, family.updaterService]);
      expect(await states()).toBe(allAre('inactive'));
      await host.stop();
      await host.start();
      expect(await states()).toBe(allAre('inactive'));
      // A second call, as after a crash, still knows what was on.
      expect(await manager.suspendUpdaters(remember)).toEqual(units);

      await manager.resumeUpdaters(units);
      expect(await states()).toBe(allAre('active'));
      expect(await unitFiles()).toBe(before);
      await manager.resumeUpdaters(units);
      expect(await states()).toBe(allAre('active'));
    });

    it('leaves an updater off that was off before', async () => {
      const { host, manager } = theLab();
      const [off = '', ...others] = family.updaters;
      await host.runOrThrow(['systemctl', 'stop', off]);
      const names = await manager.suspendUpdaters(async () => undefined);
      expect(names).toEqual(others);
      // Without the names too: what was on is on the disk.
      await manager.resumeUpdaters([]);
      const { stdout } = await host.run(['systemctl', 'is-active', off, ...others]);
      expect(stdout).toBe(`inactive\n${others.map(() => 'active\n').join('')}`);
      await host.runOrThrow(['systemctl', 'start', off]);
    });

    it('settles generated files as often as it is asked', async () => {
      const { host, manager } = theLab();
      const cache = () => host.runOrThrow(['sha256sum', '/etc/ld.so.cache']);
      const before = await cache();
      await manager.settleAfterRestore();
      await manager.settleAfterRestore();
      expect(await cache()).toBe(before);
    });
  });
}
