import { describe, expect, it } from '@jest/globals';
import type { FailureType } from '../../../src/domain/failure.ts';
import type { Damage } from '../../../src/lab/package-format.ts';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import {
  failureOf,
  freshDirectory,
  offer,
  only,
  pendingUpdates,
  preinstall,
  type TheLab,
} from './lab.ts';

export function describeDownloading(theLab: TheLab): void {
  describe('downloading', () => {
    it('fetches every archive once, and keeps what is there and matches', async () => {
      const lab = theLab();
      const specs = ['load-a', 'load-b'].map((name) => toolPackage({ name, version: '1.1-1' }));
      const changes = await pendingUpdates(lab, ...specs);
      const directory = freshDirectory();
      const bytes = changes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      expect(await lab.manager.download(changes, directory)).toEqual({
        archives: 2,
        downloadedBytes: bytes,
      });
      const asked = lab.security.requests.length;
      expect(await lab.manager.download(changes, directory)).toEqual({
        archives: 2,
        downloadedBytes: 0,
      });
      expect(lab.security.requests.length).toBe(asked);
      const sums = await lab.host.runOrThrow([
        'sha256sum',
        ...changes.map(({ archive }) => `${directory}/${archive}`),
      ]);
      expect(
        sums
          .split('\n')
          .slice(0, 2)
          .map((line) => line.slice(0, 64)),
      ).toEqual(changes.map(({ sha256 }) => sha256));
      const owners = await lab.host.runOrThrow([
        'stat',
        '-c',
        '%U %a',
        `${directory}/${changes[0]?.archive}`,
      ]);
      expect(owners).toBe('root 644\n');
    });

    it('replaces an archive that is not the one of the plan', async () => {
      const lab = theLab();
      const changes = await pendingUpdates(lab, toolPackage({ name: 'load-c', version: '1.1-1' }));
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      const file = `${directory}/${changes[0]?.archive}`;
      await lab.host.writeFile(file, 'something else');
      expect(await lab.manager.download(changes, directory)).toMatchObject({ archives: 1 });
      expect(await lab.host.runOrThrow(['sha256sum', file])).toContain(changes[0]?.sha256);
    });

    it.each<[Damage, FailureType, boolean]>([
      ['dead', 'MirrorUnreachable', true],
      ['archives-mismatch', 'HashMismatch', false],
      ['archives-not-found', 'VersionVanished', false],
    ])('from a repository that is %s fails with %s', async (damage, type, retryable) => {
      const lab = theLab();
      const name = `load-${damage}`;
      const changes = await pendingUpdates(lab, toolPackage({ name, version: '1.1-1' }));
      await lab.security.damage(damage);
      try {
        const failure = await failureOf(lab.manager.download(changes, freshDirectory()));
        expect([failure.type, failure.retryable]).toEqual([type, retryable]);
      } finally {
        await lab.security.mend();
        await lab.manager.refresh();
      }
    });

    it('refuses an archive that fits the lists and not the plan', async () => {
      const lab = theLab();
      const [change] = await pendingUpdates(lab, toolPackage({ name: 'load-d', version: '1.1-1' }));
      if (change === undefined) throw new Error('load-d has no update');
      const planned = { ...change, sha256: '0'.repeat(64) };
      const directory = freshDirectory();
      const failure = await failureOf(lab.manager.download([planned], directory));
      expect(failure.type).toBe('HashMismatch');
      expect(failure.message).toContain(`the plan names ${planned.sha256}`);
      expect(
        await lab.host.runOrThrow(['find', directory, '-maxdepth', '1', '-name', change.archive]),
      ).toBe('');
    });

    it('fetches nothing where there is no room for it', async () => {
      const lab = theLab();
      const changes = await pendingUpdates(lab, toolPackage({ name: 'load-e', version: '1.1-1' }));
      const directory = freshDirectory();
      await lab.host.runOrThrow(['mkdir', '-p', directory]);
      await lab.host.runOrThrow(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory]);
      try {
        const failure = await failureOf(lab.manager.download(changes, directory));
        expect(failure.type).toBe('NotEnoughSpace');
        expect(failure.message).toContain(`${directory} has 2 MB free, the archives need `);
      } finally {
        await lab.host.runOrThrow(['umount', directory]);
      }
    });

    it('says that a version has vanished', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'vanishing', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ name: 'vanishing', version: '1.1-1' }));
      const changes = only(await lab.manager.plan('security'), 'vanishing');
      await lab.security.withdraw('vanishing', '1.1-1');
      await offer(lab, 'security', toolPackage({ name: 'vanishing', version: '1.2-1' }));
      const failure = await failureOf(lab.manager.download(changes, freshDirectory()));
      expect(failure.type).toBe('VersionVanished');
      expect(failure.message).toContain('vanishing');
    });
  });
}
