import { describe, expect, it } from '@jest/globals';
import { Plan } from '../../../src/domain/plan.ts';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import type { Family } from './family.ts';
import { offer, only, pendingUpdates, preinstall, shown, type TheLab } from './lab.ts';

export function describePlanning(family: Family, theLab: TheLab): void {
  describe('planning', () => {
    it.each(['all', 'security'] as const)(
      'brings no version that is forbidden, and the one before it instead, in the scope %s',
      async (scope) => {
        const lab = theLab();
        const name = `forbidden-${scope}`;
        const version = (number: string) => toolPackage({ name, version: `${number}-1` });
        await preinstall(lab, version('1.0'));
        await offer(lab, 'security', version('1.1'), version('1.2'));
        const forbid = async (...versions: string[]) => {
          const excluded = versions.map((one) => ({ name, version: one }));
          return shown(only(await lab.manager.plan(scope, excluded), name));
        };
        expect(await forbid()).toEqual([`${name} 1.0-1->1.2-1`]);
        expect(await forbid('1.2-1')).toEqual([`${name} 1.0-1->1.1-1`]);
        expect(await forbid('1.1-1', '1.2-1')).toEqual([]);
      },
    );

    it('finds nothing to do for packages that have no newer version', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'current', version: '1.0-1' }));
      for (const scope of ['all', 'security'] as const) {
        const planned = await lab.manager.plan(scope);
        expect(only(planned, 'current')).toEqual([]);
        expect(planned.removals).toEqual([]);
      }
      expect((await lab.manager.installedVersions()).get(`current:${family.anyArchitecture}`)).toBe(
        '1.0-1',
      );
    });

    it('pins every archive, as the repository lists it', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'pinned', version: '1:1.0-1' }));
      const [built] = await lab.security.publish(
        toolPackage({ name: 'pinned', version: '1:1.1-1~lab+2' }),
      );
      await lab.manager.refresh();
      const planned = await lab.manager.plan('security');
      expect(only(planned, 'pinned')).toEqual([
        {
          name: 'pinned',
          architecture: family.anyArchitecture,
          oldVersion: '1:1.0-1',
          newVersion: '1:1.1-1~lab+2',
          archive: family.archiveName('pinned', '1:1.1-1~lab+2'),
          sha256: built?.sha256,
          sizeBytes: built?.sizeBytes,
          origin: family.origins.security,
          security: true,
        },
      ]);
    });

    it('brings in nothing that is not security in that scope, and all of it in the other', async () => {
      const lab = theLab();
      await preinstall(
        lab,
        toolPackage({ name: 'gap', version: '1.0-1' }),
        toolPackage({ name: 'feature', version: '1.0-1' }),
      );
      await lab.ordinary.publish(
        toolPackage({ name: 'feature', version: '2.0-1' }),
        toolPackage({ name: 'ornament', version: '1.0-1' }),
      );
      await offer(
        lab,
        'security',
        toolPackage({ name: 'gap', version: '1.1-1', recommends: ['ornament'] }),
      );
      const names = ['gap', 'feature', 'ornament'];
      const security = await lab.manager.plan('security');
      expect(shown(only(security, ...names))).toEqual(['gap 1.0-1->1.1-1']);
      expect(security.changes.filter((change) => !change.security)).toEqual([]);

      const all = only(await lab.manager.plan('all'), ...names);
      expect(shown(all)).toEqual([
        'feature 1.0-1->2.0-1',
        'gap 1.0-1->1.1-1',
        'ornament none->1.0-1',
      ]);
      expect(all.map((change) => change.security)).toEqual([false, true, false]);
    });

    it('leaves out a fix that needs what is not security, and says so', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'needy', version: '1.0-1' }));
      await lab.ordinary.publish(toolPackage({ name: 'needed', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'needy', version: '1.1-1', requires: ['needed >= 1.0'] }),
      );
      const security = await lab.manager.plan('security');
      expect(only(security, 'needy', 'needed')).toEqual([]);
      expect(security.leftOut.filter((sentence) => sentence.startsWith('needy '))).toEqual([
        expect.stringMatching(/^needy has a security fix.*needed/),
      ]);
      const all = only(await lab.manager.plan('all'), 'needy', 'needed');
      expect(shown(all)).toEqual(['needed none->1.0-1', 'needy 1.0-1->1.1-1']);
    });

    it('sees a fix behind a later point release that contains it', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'hidden', version: '1.0-1' }));
      await lab.security.publish(toolPackage({ name: 'hidden', version: '1.1-1' }));
      await offer(lab, 'ordinary', toolPackage({ name: 'hidden', version: '1.2-1' }));
      const security = only(await lab.manager.plan('security'), 'hidden');
      expect(shown(security)).toEqual(['hidden 1.0-1->1.1-1']);
      const all = only(await lab.manager.plan('all'), 'hidden');
      expect(shown(all)).toEqual(['hidden 1.0-1->1.2-1']);
      expect(all[0]).toMatchObject({ security: true, origin: family.origins.ordinary });
    });

    it('leaves held packages alone and names them', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'holdme', version: '1.0-1' }));
      await family.hold(lab.host, 'holdme');
      await offer(lab, 'security', toolPackage({ name: 'holdme', version: '1.1-1' }));
      for (const scope of ['all', 'security'] as const) {
        const planned = await lab.manager.plan(scope);
        expect(only(planned, 'holdme')).toEqual([]);
        expect(planned.held).toContain('holdme');
        expect(planned.leftOut.filter((sentence) => sentence.includes('holdme'))).toEqual([]);
      }
      expect((await lab.manager.inspect()).held).toContain('holdme');
    });

    it('shows what would be removed', async () => {
      const lab = theLab();
      await preinstall(
        lab,
        toolPackage({ name: 'newcomer', version: '1.0-1' }),
        toolPackage({ name: 'oldtimer', version: '1.0-1' }),
      );
      await offer(
        lab,
        'security',
        toolPackage({ name: 'newcomer', version: '2.0-1', obsoletes: ['oldtimer'] }),
      );
      const all = await lab.manager.plan('all');
      expect(all.removals).toContainEqual({
        name: 'oldtimer',
        architecture: family.anyArchitecture,
        oldVersion: '1.0-1',
      });
      expect(shown(only(all, 'newcomer'))).toEqual(['newcomer 1.0-1->2.0-1']);
      // Other tests plan too: this one's removal shall not be in their way.
      await lab.security.withdraw('newcomer', '2.0-1');
      await lab.manager.refresh();
    });

    it('makes the same plan again, which passes the schema', async () => {
      const { manager } = theLab();
      const one = await manager.plan('all');
      expect(await manager.plan('all')).toEqual(one);
      const { changes, removals } = one;
      const plan = {
        format: 1,
        host: 'lab',
        manager: manager.name,
        scope: 'all',
        changes,
        removals,
      };
      expect(Plan.parse(plan)).toEqual(plan);
      const keys = changes.map(({ name, architecture }) => `${name} ${architecture}`);
      expect(keys.length).toBeGreaterThan(1);
      expect(keys).toEqual(keys.toSorted());
    });

    it('changes nothing on the host', async () => {
      const { host, manager } = theLab();
      const look = () => family.traceOfRuns(host);
      const before = await look();
      await manager.plan('all');
      await manager.plan('security');
      expect(await look()).toBe(before);
      expect(await host.runOrThrow(['find', '/tmp', '-name', 'patchcycle-*'])).toBe('');
    });
  });

  describe('finding out why a change matters', () => {
    it('names the advisory and its CVEs', async () => {
      const lab = theLab();
      const cves = ['CVE-2026-1111', 'CVE-2026-22222'];
      const pending = await pendingUpdates(
        lab,
        family.mending(toolPackage({ name: 'holey', version: '1.1-1' }), 'DSA-9999-1', cves),
      );
      expect(await lab.manager.advisories(pending)).toEqual([
        {
          ...{ package: 'holey', id: 'DSA-9999-1', severity: 'high', cves },
          source: family.mendingSource,
        },
      ]);
    });
  });
}
