import { describe, expect, it } from '@jest/globals';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import { BULK, BULK_NAMES, expectWhole, nextBulk, untilCome } from './bulk.ts';
import type { Family } from './family.ts';
import {
  failureOf,
  findingsOf,
  freshDirectory,
  installInput,
  offer,
  only,
  pendingUpdates,
  preinstall,
  timesConfigured,
  versionOf,
  update,
  whileLocked,
  type ConformanceLab,
  type TheLab,
} from './lab.ts';

export function describeInterruptions(family: Family, theLab: TheLab): void {
  describe('an installation that does not go well', () => {
    it('names the package whose script fails', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'failing', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'failing', version: '1.1-1', configuring: 'fails' }),
      );
      const failure = await failureOf(update(lab, ['failing']));
      expect(failure.type).toBe('PackageJobFailed');
      expect(findingsOf(failure)).toContain(`failing:${family.anyArchitecture}`);
      await forget(lab, 'failing');
    });

    it('is ended at its deadline when a script hangs, and names the package', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'hanging', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'hanging', version: '1.1-1', configuring: 'hangs' }),
      );
      const failure = await failureOf(update(lab, ['hanging'], { deadlineMs: 4_000 }));
      expect(failure.type).toBe('PackageJobTimedOut');
      expect(findingsOf(failure)).toContain(`hanging:${family.anyArchitecture}`);
      await forget(lab, 'hanging');
    });

    it('waits for a lock for a bounded time, names its holder and leaves it alone', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'locked', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ name: 'locked', version: '1.1-1' }));
      const changes = only(await lab.manager.plan('security'), 'locked');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      const input = installInput(changes, directory);
      await whileLocked(lab, family.locks.packages, async () => {
        const failure = await failureOf(lab.manager.install(input));
        expect([failure.type, failure.retryable]).toEqual(['PackageLockHeld', true]);
        expect(failure.message).toMatch(/perl \(pid \d+\), which holds /);
        expect(failure.message).toContain(`holds ${family.locks.packages}`);
        expect(await versionOf(lab, 'locked')).toBe('1.0-1');
      });
      // The same call, as a retry makes it.
      expect(await lab.manager.install(input)).toMatchObject({ installed: 1, healed: 0 });
    });

    it('tells whoever copies or puts back files that another tool is at work, in the same way', async () => {
      const lab = theLab();
      await lab.manager.waitUntilUnlocked();
      await whileLocked(lab, family.locks.packages, async () => {
        const failure = await failureOf(lab.manager.waitUntilUnlocked());
        expect([failure.type, failure.retryable]).toEqual(['PackageLockHeld', true]);
      });
    });

    it('is waited for by a new agent when the old one died, and never started twice', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'orphan', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'orphan', version: '1.1-1', configuring: { slow: true, seconds: 6 } }),
      );
      const changes = only(await lab.manager.plan('security'), 'orphan');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      const input = installInput(changes, directory);
      const cycle = '20260202t000000z-0badcafe';
      const dying = lab.anotherManager({ cycle, answerTimeoutMs: 4_000 });
      await expect(dying.install(input)).rejects.toThrow();
      expect(await versionOf(lab, 'orphan')).not.toBe('1.1-1');
      const result = await lab.anotherManager({ cycle }).install(input);
      expect(result).toEqual({ installed: 1, healed: 0, leftAside: [] });
      expect(await timesConfigured(lab.host, 'orphan', '1.1-1')).toBe(1);
    });

    it('keeps the old version when the disk is full', async () => {
      const lab = theLab();
      const fat = {
        ...toolPackage({ name: 'fat', version: '1.1-1' }),
        files: { '/opt/fat/data': 'x'.repeat(1_000_000) },
      };
      const changes = await pendingUpdates(lab, fat);
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      await lab.host.runOrThrow(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/opt/fat']);
      try {
        const failure = await failureOf(lab.manager.install(installInput(changes, directory)));
        expect(failure.type).toBe('NotEnoughSpace');
        expect(failure.message).toMatch(family.noRoom);
        expect(await versionOf(lab, 'fat')).toBe('1.0-1');
      } finally {
        await lab.host.runOrThrow(['umount', '/opt/fat']);
      }
      // With room again, the same call as after a person's decision to try again.
      await lab.manager.install(installInput(changes, directory));
      expect(await versionOf(lab, 'fat')).toBe('1.1-1');
    });

    it.each(family.moments)(
      'is healed and done again when the tools are killed $when',
      async (moment) => {
        const lab = theLab();
        const { input, step } = await nextBulk(lab);
        const installing = lab.manager.install(input);
        await untilCome(lab, moment, step);
        // The process numbers are the host's own: nothing else is called so there. All at once, or the
        // second of them would be one that the healing has begun.
        await lab.host.run(['pkill', '-9', '-x', family.installers.join('|')]);
        expect(await installing).toMatchObject({ installed: BULK.count });
        await expectWhole(lab, step.to);
        const jobs = await lab.host.runOrThrow([
          'find',
          '/var/lib/patchcycle/cycles',
          '-path',
          `*/jobs/${input.jobPrefix}-install-1/result.json`,
          '-exec',
          'cat',
          '{}',
          ';',
        ]);
        expect(JSON.parse(jobs)).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
      },
    );

    it('comes to the same end after a power cut', async () => {
      const lab = theLab();
      const { input, step } = await nextBulk(lab);
      const cut = failsSomehow(lab.manager.install(input));
      await untilCome(lab, family.midway, step);
      await lab.host.powerCut();
      await cut;
      await lab.host.start();
      expect((await lab.manager.inspect()).interrupted.length).toBeGreaterThan(0);
      expect(await lab.manager.install(input)).toMatchObject({ installed: BULK.count });
      await expectWhole(lab, step.to);
    });

    it('leaves a host behind that repair completes', async () => {
      const lab = theLab();
      const { input, step } = await nextBulk(lab);
      const cut = failsSomehow(lab.manager.install(input));
      await untilCome(lab, family.midway, step);
      await lab.host.powerCut();
      await cut;
      await lab.host.start();
      const { interrupted } = await lab.manager.inspect();
      const { repaired } = await lab.manager.repair({
        jobPrefix: 'repair',
        archiveDirectories: [input.directory],
        deadlineMs: 60_000,
      });
      expect(repaired).toEqual(interrupted);
      expect((await lab.manager.inspect()).interrupted).toEqual([]);
      expect(await family.faults(lab.host, BULK_NAMES)).toBe('');
    });
  });
}

async function forget(lab: ConformanceLab, name: string): Promise<void> {
  await lab.family.forget(lab.host, name);
  await lab.security.withdraw(name, '1.1-1');
  await lab.manager.refresh();
}

/** Resolves when the work has failed, in whatever way; throws when it succeeded. */
async function failsSomehow(work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => 'good',
    () => 'bad',
  );
  if (outcome === 'good') throw new Error('it was over before the power was cut');
}
