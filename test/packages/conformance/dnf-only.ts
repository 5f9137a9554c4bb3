import { describe, expect, it } from '@jest/globals';
import { toolPackage } from '../../../src/lab/tool-package.ts';
import {
  failureOf,
  freshDirectory,
  offer,
  only,
  pendingUpdates,
  preinstall,
  shown,
  update,
  type TheLab,
} from './lab.ts';

/** What the Red Hat family's tools have and no other family's: advisories, signed archives, packages beside their older selves. */
export function describeDnfOnly(theLab: TheLab): void {
  describe('with advisories', () => {
    it('refuses the scope security where no repository carries any', async () => {
      const lab = theLab();
      const file = '/etc/yum.repos.d/lab.repo';
      const text = await lab.host.readFile(file);
      await lab.host.writeFile(file, text.replace('enabled=1', 'enabled=0'));
      try {
        await lab.manager.refresh();
        const failure = await failureOf(lab.manager.plan('security'));
        expect(failure.type).toBe('UnsupportedHost');
        expect(failure.message).toContain('no advisory data');
        expect((await lab.manager.plan('all')).changes).toBeInstanceOf(Array);
      } finally {
        await lab.host.writeFile(file, text);
        await lab.manager.refresh();
      }
    });

    it('takes for security what an advisory of that type names, whatever it is called', async () => {
      const lab = theLab();
      const names = ['any-prefix', 'only-a-bug', 'unadvised'];
      await preinstall(lab, ...names.map((name) => toolPackage({ name, version: '1.0-1' })));
      const [anyPrefix = '', bug = '', none = ''] = names;
      await offer(
        lab,
        'security',
        toolPackage({ name: anyPrefix, version: '1.1-1', advisory: { id: 'XYZ~7/2026 a' } }),
        toolPackage({ name: bug, version: '1.1-1', advisory: { type: 'bugfix' } }),
        toolPackage({ name: none, version: '1.1-1', advisory: null }),
      );
      const security = only(await lab.manager.plan('security'), ...names);
      expect(shown(security)).toEqual(['any-prefix 1.0-1->1.1-1']);
      const all = only(await lab.manager.plan('all'), ...names);
      expect(all.map((change) => change.security)).toEqual([true, false, false]);
    });

    it('says of a package without one that it knows of none, and does not guess', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'mute', version: '1.0-1' }));
      await offer(lab, 'ordinary', toolPackage({ name: 'mute', version: '1.1-1' }));
      const changes = only(await lab.manager.plan('all'), 'mute');
      const [advisory] = await lab.manager.advisories(changes);
      expect(advisory).toMatchObject({ package: 'mute', id: null });
    });
  });

  describe('with signatures of archives', () => {
    it('refuses an archive that carries none, although its hash is the listed one', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'anonymous', version: '1.0-1' }));
      await lab.security.damage('archives-unsigned');
      try {
        await offer(lab, 'security', toolPackage({ name: 'anonymous', version: '1.1-1' }));
        const changes = only(await lab.manager.plan('security'), 'anonymous');
        const failure = await failureOf(lab.manager.download(changes, freshDirectory()));
        expect([failure.type, failure.retryable]).toEqual(['SignatureInvalid', false]);
      } finally {
        await lab.security.mend();
        await lab.manager.refresh();
      }
    });
  });

  describe('with a repository that has other names for its archives than rpm', () => {
    it('fetches and installs them all the same', async () => {
      const lab = theLab();
      const offeredAs = 'renamed-latest-x86_64.rpm';
      await preinstall(lab, toolPackage({ name: 'renamed', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ name: 'renamed', version: '1.1-1', offeredAs }));
      await update(lab, ['renamed']);
      expect(await lab.family.versionOf(lab.host, 'renamed')).toBe('1.1-1');
    });
  });

  describe('with excludes', () => {
    it('leaves an excluded package alone and names it', async () => {
      const lab = theLab();
      await preinstall(lab, toolPackage({ name: 'excluded', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ name: 'excluded', version: '1.1-1' }));
      const file = '/etc/dnf/dnf.conf';
      const text = await lab.host.readFile(file);
      await lab.host.writeFile(file, `${text}\nexcludepkgs=excluded\n`);
      try {
        const planned = await lab.manager.plan('all');
        expect(only(planned, 'excluded')).toEqual([]);
        expect(planned.held).toContain('excluded');
      } finally {
        await lab.host.writeFile(file, text);
      }
    });
  });

  describe('with packages that are installed beside their older selves', () => {
    it('plans a new kernel as a new package, for which the host must boot', async () => {
      const lab = theLab();
      const kernel = (version: string) => ({
        ...toolPackage({ name: 'kernel', version, isInstallOnly: true }),
        files: { [`/boot/vmlinuz-${version}.noarch`]: `kernel ${version}\n` },
      });
      await preinstall(lab, kernel('9.0-1'));
      await offer(lab, 'security', kernel('9.1-1'));
      const planned = await lab.manager.plan('security');
      expect(shown(only(planned, 'kernel'))).toEqual(['kernel none->9.1-1']);
      expect(planned.rebootExpected.answer).toBe('yes');
      await update(lab, ['kernel']);
      expect(await lab.family.versionOf(lab.host, 'kernel')).toBe('9.0-1 and 9.1-1');
      expect(await lab.manager.audit(only(planned, 'kernel'))).toEqual([]);
      await lab.family.forget(lab.host, 'kernel');
      await lab.security.withdraw('kernel', '9.1-1');
      await lab.ordinary.withdraw('kernel', '9.0-1');
      await lab.manager.refresh();
    });
  });

  describe('with needs-restarting', () => {
    it('knows why the host must boot again', async () => {
      const lab = theLab();
      const asks = { name: 'booty', configuring: 'asks-for-reboot' } as const;
      await preinstall(lab, toolPackage({ name: 'booty', version: '1.0-1' }));
      await offer(lab, 'security', toolPackage({ ...asks, version: '1.1-1' }));
      await update(lab, ['booty']);
      const { answer, reason } = await lab.manager.rebootRequired();
      expect(answer).toBe('yes');
      expect(reason).toContain('booty');
      await lab.family.forget(lab.host, 'booty');
    });
  });

  describe('with configuration files that a package would replace', () => {
    it('keeps the edited one where the policy says so', async () => {
      const lab = theLab();
      const of = (version: string, content: string) => ({
        ...toolPackage({ name: 'replacer', version }),
        files: {
          '/etc/replacer.conf': { content, isConfiguration: true, replacesEdited: true },
        },
      });
      await preinstall(lab, of('1.0-1', 'colour = red\n'));
      await lab.host.writeFile('/etc/replacer.conf', 'colour = mine\n');
      await offer(lab, 'security', of('1.1-1', 'colour = blue\n'));
      const { result } = await update(lab, ['replacer'], { configFiles: 'keep' });
      expect(await lab.host.readFile('/etc/replacer.conf')).toBe('colour = mine\n');
      expect(result.leftAside).toEqual(['/etc/replacer.conf.rpmnew']);
      expect(await lab.host.readFile('/etc/replacer.conf.rpmnew')).toBe('colour = blue\n');
    });
  });

  describe('with scripts that fail', () => {
    it('names the one whose failure stands far before the end of what was written', async () => {
      const lab = theLab();
      const early = toolPackage({ name: 'early', version: '1.1-1', configuring: 'fails' });
      const later = toolPackage({ name: 'later', version: '1.1-1', requires: ['early'] });
      const afterInstall = 'head -c 200000 /dev/zero | tr "\\0" x | fold -w 80';
      await pendingUpdates(lab, early, { ...later, scripts: { afterInstall } });
      const failure = await failureOf(update(lab, ['early', 'later']));
      expect(failure.type).toBe('PackageJobFailed');
      expect(failure.message).toContain('early');
      await lab.family.forget(lab.host, 'later');
      await lab.family.forget(lab.host, 'early');
      await lab.security.withdraw('later', '1.1-1');
      await lab.security.withdraw('early', '1.1-1');
      await lab.manager.refresh();
    });
  });

  describe('with scripts that run before anything is unpacked', () => {
    it('names the package whose script refuses, and leaves the old version', async () => {
      const lab = theLab();
      const refusing = toolPackage({ name: 'refusing', version: '1.1-1', configuring: 'refuses' });
      await pendingUpdates(lab, refusing);
      const failure = await failureOf(update(lab, ['refusing']));
      expect(failure.type).toBe('PackageJobFailed');
      expect(`${failure.message} ${failure.details.findings?.join(' ')}`).toContain('refusing');
      expect(await lab.family.versionOf(lab.host, 'refusing')).toBe('1.0-1');
      await lab.security.withdraw('refusing', '1.1-1');
      await lab.manager.refresh();
    });
  });
}
