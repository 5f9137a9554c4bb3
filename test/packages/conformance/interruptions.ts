import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { bulkPackages, toolPackage } from '../../../src/lab/tool-package.ts';
import {
  failureOf,
  freshDirectory,
  installInput,
  offer,
  only,
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

    it('is healed and done again when the tools are killed in its middle', async () => {
      const lab = theLab();
      const input = await bulk(lab, '1.0', '1.1');
      const installing = lab.manager.install(input);
      await untilUnpacking(lab, '1.1');
      await lab.host.run(['pkill', '-9', '-x', 'apt-get']);
      await lab.host.run(['pkill', '-9', '-x', 'dpkg']);
      const result = await installing;
      expect(result).toMatchObject({ installed: BULK.count, healed: 1 });
      await expectWhole(lab, '1.1');
    });

    it('comes to the same end after a power cut', async () => {
      const lab = theLab();
      const input = await bulk(lab, '1.1', '1.2');
      const installing = lab.manager.install(input);
      const cut = failsSomehow(installing);
      await untilUnpacking(lab, '1.2');
      await lab.host.powerCut();
      await cut;
      await lab.host.start();
      expect((await lab.manager.inspect()).interrupted.length).toBeGreaterThan(0);
      expect(await lab.manager.install(input)).toMatchObject({ installed: BULK.count });
      await expectWhole(lab, '1.2');
    });

    it('leaves a host behind that repair completes', async () => {
      const lab = theLab();
      const input = await bulk(lab, '1.2', '1.3');
      const cut = failsSomehow(lab.manager.install(input));
      await untilUnpacking(lab, '1.3');
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
  return installInput(changes, directory, { attemptsMax: 3 });
}

/** Until dpkg is in the middle of the packages of this version. */
async function untilUnpacking(lab: ConformanceLab, version: string): Promise<void> {
  const line = ` status half-installed lab-bulk-004:all`;
  for (let tries = 0; tries < 600; tries += 1) {
    const log = await lab.host.readFile('/var/log/dpkg.log');
    const begun = log.lastIndexOf(` upgrade lab-bulk-000:all`);
    if (begun !== -1 && log.includes(line, begun) && log.slice(begun).includes(` ${version}`))
      return;
    await sleep(20);
  }
  throw new Error('dpkg has not begun to unpack');
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
