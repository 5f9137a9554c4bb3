import { describe, expect, it } from '@jest/globals';
import { archiveName } from '../../../src/packages/apt/archive-name.ts';
import { parseArchiveList } from '../../../src/packages/apt/archive-list.ts';
import { isFinding, parseExclusions } from '../../../src/packages/apt/audit.ts';
import { parseAlternative } from '../../../src/packages/shared/alternatives.ts';
import { parseUnmet } from '../../../src/packages/apt/plan.ts';
import { archiveVersion } from '../../../src/packages/apt/recover.ts';
import { parsePolicy } from '../../../src/packages/apt/security-versions.ts';
import { parseListedVersions } from '../../../src/packages/apt/listed-versions.ts';
import { parseVerification } from '../../../src/packages/shared/verification.ts';
import { fixture } from './fixture.ts';

describe('A list of archives', () => {
  it('has name, size and SHA-256 of each, by the name in the cache', () => {
    const listed = parseArchiveList(fixture('debian-26.apt-get-print-uris.stdout'));
    const names = [
      { name: 'libssl3', architecture: 'amd64', newVersion: '3.0.22-1~deb12u2' },
      { name: 'tzdata', architecture: 'all', newVersion: '2026f-0+deb12u1' },
      { name: 'linux-image-amd64', architecture: 'amd64', newVersion: '6.1.192-2' },
    ].map(archiveName);
    expect([...listed.keys()].toSorted()).toEqual(names.toSorted());
    expect(listed.get(names[0] ?? '')).toEqual({
      file: 'libssl3_3.0.22-1~deb12u2_amd64.deb',
      sizeBytes: 2_039_888,
      sha256: 'cb4784740daa9b3b0eaea2b444bbefa686794afbbf3d678d238c1fd9875f2efd',
    });
  });

  it('leaves out an archive that has only a weaker hash', () => {
    expect(parseArchiveList("'http://mirror.example/x.deb' x_1_all.deb 5 MD5Sum:00\n").size).toBe(
      0,
    );
  });

  it('writes a colon in a version as apt does', () => {
    const version = { name: 'vim', architecture: 'amd64', newVersion: '2:9.0-1' };
    expect(archiveName(version)).toBe('vim_2%3a9.0-1_amd64.deb');
    expect(archiveVersion('/d/vim_2%3a9.0-1_amd64.deb', 'vim', 'amd64')).toBe('2:9.0-1');
    expect(archiveVersion('/d/vim_2%3a9.0-1_i386.deb', 'vim', 'amd64')).toBeNull();
    expect(archiveVersion('/d/vim-tiny_2%3a9.0-1_amd64.deb', 'vim', 'amd64')).toBeNull();
    expect(archiveVersion('/d/nginx-light_1_all.deb', 'nginx-light', 'amd64')).toBe('1');
  });
});

describe('A policy of the security repositories', () => {
  it('names fixes that are newer than what is installed, and nothing else', () => {
    expect([...parsePolicy(fixture('debian-27.apt-cache-policy.stdout'))]).toEqual([
      ['openssl', '3.0.22-1~deb12u2'],
      ['libssl3', '3.0.22-1~deb12u2'],
    ]);
  });

  it('keeps foreign architectures apart', () => {
    const candidates = parsePolicy(fixture('debian-28.apt-cache-policy.stdout'));
    expect([...candidates.keys()]).toEqual(['libssl3:i386', 'libssl3']);
  });
});

describe('Versions in the lists', () => {
  it('have a source of another name or version only where it differs', () => {
    const listed = parseListedVersions(fixture('debian-30.apt-cache-show.stdout'));
    expect(Object.fromEntries(listed)).toEqual({
      'libssl3:amd64=3.0.22-1~deb12u2': {
        sourceName: 'openssl',
        sourceVersion: '3.0.22-1~deb12u2',
        installedBytes: 6_042 * 1024,
      },
      'linux-image-amd64:amd64=6.1.192-2': {
        sourceName: 'linux-signed-amd64',
        sourceVersion: '6.1.192+2',
        installedBytes: 13 * 1024,
      },
      'tzdata:all=2026f-0+deb12u1': {
        sourceName: 'tzdata',
        sourceVersion: '2026f-0+deb12u1',
        installedBytes: 2_571 * 1024,
      },
    });
  });
});

describe('Comparing files with their packages', () => {
  const stdout = fixture('debian-33.dpkg-verify.stdout');

  it('leaves configuration files to the administrator', () => {
    expect(stdout).toContain('c /etc/rsyslog.conf');
    expect(
      parseVerification(
        stdout,
        isFinding(() => false),
      ),
    ).toEqual([
      '/usr/share/doc/rsyslog/copyright is missing',
      '/usr/share/perl5/Debconf/Log.pm is not as its package brought it (??5??????)',
    ]);
  });

  it('does not miss what dpkg was told not to unpack', () => {
    const isExcluded = parseExclusions(
      'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-include=/usr/share/doc/*/changelog.*\n',
    );
    expect(isExcluded('/usr/share/doc/rsyslog/changelog.gz')).toBe(false);
    expect(isExcluded('/usr/share/man/x')).toBe(false);
    expect(parseVerification(stdout, isFinding(isExcluded))).toHaveLength(1);
    expect(
      parseExclusions('path-exclude /usr/share/locale/[!e]*\n')('/usr/share/locale/de/x'),
    ).toBe(true);
  });
});

describe('The other outputs', () => {
  it('of update-alternatives about the links that it keeps', () => {
    expect(parseAlternative(fixture('debian-34.alternatives.stdout'))).toEqual([
      '/usr/bin/pager',
      '/usr/share/man/man1/pager.1.gz',
    ]);
  });

  it('of apt about what is missing', () => {
    const stdout =
      'The following packages have unmet dependencies:\n web : Depends: lib (>= 2) but 1 is to be installed\n';
    expect(parseUnmet(stdout, 'web')).toBe('Depends: lib (>= 2) but 1 is to be installed');
    expect(parseUnmet(stdout, 'other')).toBeNull();
  });
});
