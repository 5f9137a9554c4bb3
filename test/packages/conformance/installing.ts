import { describe, expect, it } from '@jest/globals';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import type { Family } from './family.ts';
import {
  failureOf,
  freshDirectory,
  installInput,
  offer,
  only,
  preinstall,
  versionOf,
  update,
  type ConformanceLab,
  type TheLab,
} from './lab.ts';

export function describeInstalling(family: Family, theLab: TheLab): void {
  describe('installing', () => {
    it('brings exactly the planned versions, although newer ones have appeared since', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'exact', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ name: 'exact', version: '1.1-1' }));
      const changes = only(await lab.manager.plan('security'), 'exact');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      await offer(lab, 'security', toolPackage({ name: 'exact', version: '1.2-1' }));
      const input = installInput(changes, directory);
      const result = await lab.manager.install(input);
      expect(result).toEqual({ installed: 1, healed: 0, leftAside: [] });
      expect(await versionOf(lab, 'exact')).toBe('1.1-1');
      expect(await lab.manager.audit(changes)).toEqual([]);
      // Run again it answers the same, and does nothing.
      const before = await family.traceOfRuns(lab.host);
      expect(await lab.manager.install(input)).toEqual(result);
      expect(await family.traceOfRuns(lab.host)).toBe(before);
    });

    it('needs no network', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'offline', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ name: 'offline', version: '1.1-1' }));
      const changes = only(await lab.manager.plan('security'), 'offline');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      await lab.security.damage('dead');
      try {
        await lab.manager.install(installInput(changes, directory));
      } finally {
        await lab.security.mend();
      }
      expect(await versionOf(lab, 'offline')).toBe('1.1-1');
    });

    it('refuses an archive that was changed after its download', async () => {
      const lab = theLab();
      const { changes, directory } = await pending(lab, 'tampered');
      await lab.host.writeFile(`${directory}/${changes[0]?.archive}`, 'not the archive');
      const failure = await failureOf(lab.manager.install(installInput(changes, directory)));
      expect(failure.type).toBe('HashMismatch');
      expect(await versionOf(lab, 'tampered')).toBe('1.0-1');
    });

    it('stops before anything is touched when the tool would do more than was approved', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'leading', version: '1.0-1' }));
      await lab.security.publish(toolPackage({ name: 'trailing', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'leading', version: '1.1-1', requires: ['trailing'] }),
      );
      const both = only(await lab.manager.plan('security'), 'leading', 'trailing');
      const directory = freshDirectory();
      await lab.manager.download(both, directory);
      const leading = both.filter(({ name }) => name === 'leading');
      const failure = await failureOf(lab.manager.install(installInput(leading, directory)));
      expect(failure.type).toBe('PlanDrifted');
      expect(failure.details.findings).toContain(family.trailingIsMissing);
      expect(await versionOf(lab, 'leading')).toBe('1.0-1');
      // What the approved plan holds may be pulled forward.
      await lab.manager.install(installInput(leading, directory, { allowed: both }));
      expect(await versionOf(lab, 'leading')).toBe('1.1-1');
      expect(await versionOf(lab, 'trailing')).toBe('1.0-1');
    });

    it('stops when somebody has held a package since', async () => {
      const lab = theLab();
      const { changes, directory } = await pending(lab, 'held-since');
      await family.hold(lab.host, 'held-since');
      const failure = await failureOf(lab.manager.install(installInput(changes, directory)));
      expect(failure.type).toBe('PlanDrifted');
      expect(await versionOf(lab, 'held-since')).toBe('1.0-1');
    });

    it('takes a name for nothing but a name, whatever it could mean to the tools', async () => {
      const lab = theLab();
      // As an expression it fits the other, and a sign at the end of a name can be an order.
      const names = ['h.stile++', 'hostile'];
      await preinstall(lab, ...names.map((name) => toolPackage({ name, version: '1.0-1' })));
      await offer(lab, 'security', ...names.map((name) => toolPackage({ name, version: '1.1-1' })));
      expect(only(await lab.manager.plan('security'), ...names)).toHaveLength(2);
      const { result } = await update(lab, ['h.stile++']);
      expect(result).toMatchObject({ installed: 1, healed: 0 });
      expect(await versionOf(lab, 'h.stile++')).toBe('1.1-1');
      expect(await versionOf(lab, 'hostile')).toBe('1.0-1');
    });

    it('makes exactly the removals that are named', async () => {
      const lab = theLab();
      await preinstall(
        lab,
        toolPackage({ name: 'successor', version: '1.0-1' }),
        toolPackage({ name: 'predecessor', version: '1.0-1' }),
      );
      await offer(
        lab,
        'security',
        toolPackage({ name: 'successor', version: '2.0-1', obsoletes: ['predecessor'] }),
      );
      const planned = await lab.manager.plan('all');
      const changes = only(planned, 'successor');
      const removals = planned.removals.filter(({ name }) => name === 'predecessor');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      const failure = await failureOf(lab.manager.install(installInput(changes, directory)));
      expect(failure.type).toBe('PlanDrifted');
      expect(await versionOf(lab, 'predecessor')).toBe('1.0-1');

      await lab.manager.install(installInput(changes, directory, { removals }));
      expect(await versionOf(lab, 'successor')).toBe('2.0-1');
      expect(await versionOf(lab, 'predecessor')).toBe('none');
    });

    it('keeps the marks of packages that came for the sake of others', async () => {
      const lab = theLab();
      await preinstall(
        lab,
        toolPackage({ name: 'mark-auto', version: '1.0-1' }),
        toolPackage({ name: 'mark-manual', version: '1.0-1' }),
      );
      await family.markAutomatic(lab.host, 'mark-auto');
      await lab.security.publish(toolPackage({ name: 'mark-new', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'mark-auto', version: '1.1-1' }),
        toolPackage({ name: 'mark-manual', version: '1.1-1', requires: ['mark-new'] }),
      );
      const before = await family.automatic(lab.host);
      await update(lab, ['mark-auto', 'mark-manual', 'mark-new']);
      expect(await versionOf(lab, 'mark-auto')).toBe('1.1-1');
      expect(await family.automatic(lab.host)).toEqual([...before, 'mark-new'].toSorted());
    });

    it.each([
      { configFiles: 'keep', stays: 'colour = mine\n', other: 'colour = blue\n' },
      { configFiles: 'replace', stays: 'colour = blue\n', other: 'colour = mine\n' },
    ] as const)(
      'with the policy "$configFiles" asks nothing about an edited configuration file, and reports what is left aside',
      async ({ configFiles, stays, other }) => {
        const aside = family.asideEndings[configFiles];
        const lab = theLab();
        const name = `edited-${configFiles}`;
        await preinstall(
          lab,
          toolPackage({ name, version: '1.0-1', configuration: 'colour = red\n' }),
        );
        await lab.host.writeFile(`/etc/${name}.conf`, 'colour = mine\n');
        await lab.host.writeFile(`/etc/of-old.conf${aside}`, 'left aside long ago\n');
        await offer(
          lab,
          'security',
          toolPackage({ name, version: '1.1-1', configuration: 'colour = blue\n' }),
        );
        const { result, input } = await update(lab, [name], { configFiles });
        expect(result.leftAside).toEqual([`/etc/${name}.conf${aside}`]);
        expect(await lab.host.readFile(`/etc/${name}.conf`)).toBe(stays);
        expect(await lab.host.readFile(`/etc/${name}.conf${aside}`)).toBe(other);
        expect(await lab.manager.audit(input.changes)).toEqual([]);
      },
    );
  });
}

/** A package with a pending update that is downloaded. */
async function pending(lab: ConformanceLab, name: string) {
  await preinstall(lab, toolPackage({ name, version: '1.0-1' }));
  await offer(lab, 'security', toolPackage({ name, version: '1.1-1' }));
  const changes = only(await lab.manager.plan('security'), name);
  const directory = freshDirectory();
  await lab.manager.download(changes, directory);
  return { changes, directory };
}
