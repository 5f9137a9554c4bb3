import { describe, expect, it } from '@jest/globals';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import {
  failureOf,
  findingsOf,
  freshDirectory,
  installInput,
  offer,
  only,
  pendingUpdates,
  preinstall,
  update,
  versionOf,
  type TheLab,
} from './lab.ts';

/** What Debian's tools have and no other family's: changelogs, half configured packages, a file that asks for a reboot. */
export function describeAptOnly(theLab: TheLab): void {
  describe('with changelogs in place of advisories', () => {
    it('says unknown where nothing can be asked, and never guesses', async () => {
      const lab = theLab();
      const pending = await pendingUpdates(lab, toolPackage({ name: 'mute', version: '1.1-1' }));
      await lab.security.damage('dead');
      try {
        expect(await lab.manager.advisories(pending)).toEqual([
          {
            package: 'mute',
            id: null,
            cves: 'unknown',
            source: 'its changelog cannot be reached',
          },
        ]);
      } finally {
        await lab.security.mend();
      }
    });

    it('reads CVEs from the archives when the changelog cannot be reached', async () => {
      const lab = theLab();
      await preinstall(lab, changelogPackage('1.0-1', []));
      await offer(lab, 'security', changelogPackage('1.1-1', ['CVE-2026-3333']));
      const changes = only(await lab.manager.plan('security'), 'talker');
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      await lab.security.damage('dead');
      try {
        expect(await lab.manager.advisories(changes, directory)).toEqual([
          {
            package: 'talker',
            id: null,
            severity: 'high',
            cves: ['CVE-2026-3333'],
            source: 'changelog in talker_1.1-1_all.deb, entries after 1.0-1',
          },
        ]);
      } finally {
        await lab.security.mend();
      }
    });
  });

  describe('with the indexes of apt', () => {
    it('removes nothing in the scope security, and says what it leaves out', async () => {
      const lab = theLab();
      await preinstall(
        lab,
        toolPackage({ name: 'remover', version: '1.0-1' }),
        toolPackage({ name: 'removed', version: '1.0-1' }),
      );
      const remover = toolPackage({ name: 'remover', version: '2.0-1', conflicts: ['removed'] });
      await offer(lab, 'security', remover);
      const security = await lab.manager.plan('security');
      expect(security.removals).toEqual([]);
      expect(only(security, 'remover')).toEqual([]);
      expect(security.leftOut.join('\n')).toContain('remover has a security fix');
      await lab.security.withdraw('remover', '2.0-1');
      await lab.manager.refresh();
    });

    it('stops when the planned version can be had no more', async () => {
      const lab = theLab();
      const changes = await pendingUpdates(lab, toolPackage({ name: 'gone', version: '1.1-1' }));
      const directory = freshDirectory();
      await lab.manager.download(changes, directory);
      await lab.security.withdraw('gone', '1.1-1');
      await lab.manager.refresh();
      const failure = await failureOf(lab.manager.install(installInput(changes, directory)));
      expect(failure.type).toBe('PlanDrifted');
      expect(await versionOf(lab, 'gone')).toBe('1.0-1');
    });
  });

  describe('with packages that are unpacked and not configured', () => {
    it('names the one whose script failed as interrupted, and not as installed', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'half', version: '1.0-1' }));
      const fails = toolPackage({ name: 'half', version: '1.1-1', configuring: 'fails' });
      await offer(lab, 'security', fails);
      const failure = await failureOf(update(lab, ['half']));
      expect(findingsOf(failure)).toContain('half:all 1.1-1 is half configured (iF)');
      expect((await lab.manager.inspect()).interrupted).toEqual(['half:all']);
      expect((await lab.manager.audit([]))[0]).toContain('half:all 1.1-1 is half configured');
      expect((await lab.manager.installedVersions()).has('half:all')).toBe(false);
      await lab.family.forget(lab.host, 'half');
      await lab.security.withdraw('half', '1.1-1');
      await lab.manager.refresh();
    });
  });

  describe('with a file by which packages ask for a reboot', () => {
    it('knows why the host must boot again', async () => {
      const lab = theLab();
      expect(await lab.manager.rebootRequired()).toMatchObject({ answer: 'no' });
      await preinstall(lab, toolPackage({ name: 'booty', version: '1.0-1' }));
      await offer(
        lab,
        'security',
        toolPackage({ name: 'booty', version: '1.1-1', configuring: 'asks-for-reboot' }),
      );
      await update(lab, ['booty']);
      expect(await lab.manager.rebootRequired()).toEqual({
        answer: 'yes',
        reason: '/run/reboot-required asks for it: booty',
      });
      await lab.host.runOrThrow(['rm', '/run/reboot-required', '/run/reboot-required.pkgs']);
    });
  });
}

/** A package that brings its changelog along, with an entry of the oldest version that names a CVE too. */
function changelogPackage(version: string, cves: readonly string[]) {
  const entry = (of: string, text: string) =>
    `talker (${of}) stable-security; urgency=high\n\n  * ${text}\n\n -- The lab <lab@lab.example>  Thu, 01 Jan 2026 00:00:00 +0000\n\n`;
  const newest = version === '1.0-1' ? '' : entry(version, cves.join(', '));
  return {
    ...toolPackage({ name: 'talker', version }),
    files: {
      '/usr/share/doc/talker/changelog.Debian': `${newest}${entry('1.0-1', 'CVE-2020-0001, of old')}`,
    },
  };
}
