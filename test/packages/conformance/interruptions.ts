import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { bulkPackages, toolPackage } from '../../../src/lab/tool-package.ts';
import {
  failureOf,
  freshDirectory,
  installInput,
  offer,
  only,
  pendingUpdates,
  preinstall,
  stateOf,
  update,
  whileLocked,
  type ConformanceLab,
  type TheLab,
} from './lab.ts';

const BULK = { count: 8, filesEach: 60 };

export function describeInterruptions(theLab: TheLab): void {
  describe('an installation that does not go well', () => {
    it('names the package whose script fails', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'failing', version: '1.0' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'failing', version: '1.1', configuring: 'fails' }),
      );
      const failure = await failureOf(update(lab, ['failing']));
      expect(failure.type).toBe('PackageJobFailed');
      expect(failure.details.findings).toContain('failing:all 1.1 is half configured (iF)');
      expect((await lab.manager.inspect()).interrupted).toEqual(['failing:all']);
      expect((await lab.manager.audit([]))[0]).toContain('failing:all 1.1 is half configured');
      expect((await lab.manager.installedVersions()).has('failing:all')).toBe(false);
      await forget(lab, 'failing');
    });

    it('is ended at its deadline when a script hangs, and names the package', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'hanging', version: '1.0' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'hanging', version: '1.1', configuring: 'hangs' }),
      );
      const failure = await failureOf(update(lab, ['hanging'], { deadlineMs: 4_000 }));
      expect(failure.type).toBe('PackageJobTimedOut');
      expect(failure.details.findings?.join('\n')).toContain('hanging:all 1.1 is half configured');
      await forget(lab, 'hanging');
    });

    it('waits for a lock for a bounded time, names its holder and leaves it alone', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'locked', version: '1.0' }));
      await offer(lab, 'security', toolPackage({ name: 'locked', version: '1.1' }));
      const changes = only(await lab.manager.plan('security'), 'locked');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      const input = installInput(changes, directory);
      await whileLocked(lab, '/var/lib/dpkg/lock-frontend', async () => {
        const failure = await failureOf(lab.manager.install(input));
        expect([failure.type, failure.retryable]).toEqual(['PackageLockHeld', true]);
        expect(failure.message).toMatch(
          /perl \(pid \d+\), which holds \/var\/lib\/dpkg\/lock-frontend/,
        );
        expect(await stateOf(lab, 'locked')).toBe('ii 1.0');
      });
      // The same call, as a retry makes it.
      expect(await lab.manager.install(input)).toMatchObject({ installed: 1, healed: 0 });
    });

    it('tells whoever copies or puts back files that another tool is at work, in the same way', async () => {
      const lab = theLab();
      await lab.manager.waitUntilUnlocked();
      await whileLocked(lab, '/var/lib/dpkg/lock-frontend', async () => {
        const failure = await failureOf(lab.manager.waitUntilUnlocked());
        expect([failure.type, failure.retryable]).toEqual(['PackageLockHeld', true]);
      });
    });

    it('is waited for by a new agent when the old one died, and never started twice', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'orphan', version: '1.0' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'orphan', version: '1.1', configuring: { slow: true, seconds: 6 } }),
      );
      const changes = only(await lab.manager.plan('security'), 'orphan');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      const input = installInput(changes, directory);
      const cycle = '20260202t000000z-0badcafe';
      const dying = lab.anotherManager({ cycle, answerTimeoutMs: 4_000 });
      await expect(dying.install(input)).rejects.toThrow();
      expect(await stateOf(lab, 'orphan')).not.toBe('ii 1.1');
      const result = await lab.anotherManager({ cycle }).install(input);
      expect(result).toEqual({ installed: 1, healed: 0, leftAside: [] });
      const log = await lab.host.readFile('/var/log/dpkg.log');
      expect(log.match(/ upgrade orphan:all 1\.0 1\.1/g)).toHaveLength(1);
    });

    it('keeps the old version when the disk is full', async () => {
      const lab = theLab();
      const fat = {
        ...toolPackage({ name: 'fat', version: '1.1' }),
        files: { '/opt/fat/data': 'x'.repeat(1_000_000) },
      };
      const changes = await pendingUpdates(lab, fat);
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      await lab.host.runOrThrow(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/opt/fat']);
      try {
        const failure = await failureOf(lab.manager.install(installInput(changes, directory)));
        expect(failure.type).toBe('NotEnoughSpace');
        expect(failure.message).toContain('No space left on device');
        expect(await stateOf(lab, 'fat')).toBe('ii 1.0');
      } finally {
        await lab.host.runOrThrow(['umount', '/opt/fat']);
      }
      // With room again, the same call as after a person's decision to try again.
      await lab.manager.install(installInput(changes, directory));
      expect(await stateOf(lab, 'fat')).toBe('ii 1.1');
    });

    it.each([
      ['as soon as it unpacks', '1.0', '1.1', 'half-installed lab-bulk-000:all 1.0'],
      ['while it unpacks', '1.1', '1.2', 'half-installed lab-bulk-005:all 1.1'],
      ['when all is unpacked', '1.2', '1.3', 'unpacked lab-bulk-007:all 1.3'],
      ['while it configures', '1.3', '1.4', 'half-configured lab-bulk-002:all 1.4'],
    ])('is healed and done again when the tools are killed %s', async (_, from, to, event) => {
      const lab = theLab();
      const input = await bulk(lab, from, to);
      const installing = lab.manager.install(input);
      await untilLogged(lab, event);
      // The process numbers are the host's own: nothing else is called so there.
      await lab.host.run(['pkill', '-9', '-x', 'apt-get']);
      await lab.host.run(['pkill', '-9', '-x', 'dpkg']);
      expect(await installing).toMatchObject({ installed: BULK.count });
      await expectWhole(lab, to);
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
    });

    it('comes to the same end after a power cut', async () => {
      const lab = theLab();
      const input = await bulk(lab, '1.4', '1.5');
      const installing = lab.manager.install(input);
      const cut = failsSomehow(installing);
      await untilLogged(lab, 'half-installed lab-bulk-004:all 1.4');
      await lab.host.powerCut();
      await cut;
      await lab.host.start();
      expect((await lab.manager.inspect()).interrupted.length).toBeGreaterThan(0);
      expect(await lab.manager.install(input)).toMatchObject({ installed: BULK.count });
      await expectWhole(lab, '1.5');
    });

    it('leaves a host behind that repair completes', async () => {
      const lab = theLab();
      const input = await bulk(lab, '1.5', '1.6');
      const cut = failsSomehow(lab.manager.install(input));
      await untilLogged(lab, 'half-installed lab-bulk-004:all 1.5');
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
      expect(await lab.host.runOrThrow(['dpkg', '--audit'])).toBe('');
    });
  });
}

async function forget(lab: ConformanceLab, name: string): Promise<void> {
  await lab.host.runOrThrow(['dpkg', '--purge', '--force-all', '--', name]);
  await lab.security.withdraw(name, '1.1');
  await lab.manager.refresh();
}

async function bulk(lab: ConformanceLab, from: string, to: string) {
  const names = bulkPackages({ ...BULK, version: to }).map(({ name }) => name);
  if (from === '1.0') await preinstall(lab, ...bulkPackages({ ...BULK, version: from }));
  await offer(lab, 'security', ...bulkPackages({ ...BULK, version: to }));
  const changes = only(await lab.manager.plan('security'), ...names);
  expect(changes).toHaveLength(BULK.count);
  const directory = freshDirectory();
  await lab.manager.download(changes, directory);
  // What dpkg logs from here on is about this update.
  await lab.host.runOrThrow(['truncate', '--size=0', '/var/log/dpkg.log']);
  return installInput(changes, directory, { attemptsMax: 3 });
}

/** Until dpkg has written this to its log: `half-installed web:all 1.0`. */
async function untilLogged(lab: ConformanceLab, event: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    if ((await lab.host.readFile('/var/log/dpkg.log')).includes(` status ${event}\n`)) return;
    await sleep(5);
  }
  throw new Error(`dpkg has not come to: ${event}`);
}

async function expectWhole(lab: ConformanceLab, version: string): Promise<void> {
  const specs = bulkPackages({ ...BULK, version });
  for (const { name } of specs) expect(await stateOf(lab, name)).toBe(`ii ${version}`);
  expect(await lab.host.runOrThrow(['dpkg', '--audit'])).toBe('');
  expect(await lab.host.runOrThrow(['dpkg', '--verify', ...specs.map(({ name }) => name)])).toBe(
    '',
  );
  expect(await lab.host.runOrThrow(['find', '/usr/share', '-name', '*.dpkg-new'])).toBe('');
}

/** Resolves when the work has failed, in whatever way; throws when it succeeded. */
async function failsSomehow(work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => 'good',
    () => 'bad',
  );
  if (outcome === 'good') throw new Error('it was over before the power was cut');
}
