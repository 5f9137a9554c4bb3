import { describe, expect, it } from '@jest/globals';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import type { Family } from './family.ts';
import { failureOf, only, preinstall, shown, whileLocked, type TheLab } from './lab.ts';

export function describeRefreshing(family: Family, theLab: TheLab): void {
  describe('refreshing the package lists', () => {
    it.each(family.refreshFailures)(
      'of a repository that is %s fails with %s',
      async (damage, type, retryable) => {
        const { manager, security } = theLab();
        await security.damage(damage);
        try {
          // Something new, so that the lists have to be fetched again.
          await security.publish(toolPackage({ name: 'novelty', version: `1.${Date.now()}` }));
          const failure = await failureOf(manager.refresh());
          expect(failure.type).toBe(type);
          expect(failure.retryable).toBe(retryable);
          expect(failure.details.remedy).not.toBe('');
          // What the manager itself finds out has no command.
          const { refreshProgram } = family;
          expect(failure.details.command?.argv[0] ?? refreshProgram).toBe(refreshProgram);
        } finally {
          await security.mend();
        }
        await manager.refresh();
      },
    );

    it('does not let old lists pass for new ones when the mirror is down', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'stale', version: '1.0-1' }));
      await lab.security.damage('dead');
      try {
        await expect(lab.manager.refresh()).rejects.toThrow(
          'the package lists could not be brought up to date',
        );
      } finally {
        await lab.security.mend();
      }
      await lab.security.publish(toolPackage({ name: 'stale', version: '1.1-1' }));
      await lab.manager.refresh();
      expect(shown(only(await lab.manager.plan('security'), 'stale'))).toEqual([
        'stale 1.0-1->1.1-1',
      ]);
    });

    it('names who holds the lock of the lists, after a bounded wait', async () => {
      const lab = theLab();
      await whileLocked(lab, family.locks.lists, async () => {
        const failure = await failureOf(lab.manager.refresh());
        expect(failure.type).toBe('PackageLockHeld');
        expect(failure.message).toMatch(/for perl \(pid \d+\), which holds /);
        expect(failure.message).toContain(`holds ${family.locks.lists}`);
      });
      await lab.manager.refresh();
    });
  });
}
