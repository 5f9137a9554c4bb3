import { describe, expect, it } from '@jest/globals';
import { chooseMirrors, parseTargets } from '../../src/lab/mirrors.ts';

const BOOKWORM = 'ID=debian\nVERSION_CODENAME=bookworm\n';
const NOBLE = 'ID=ubuntu\nVERSION_CODENAME=noble\nID_LIKE=debian\n';

const DEBIAN_TARGETS = `http://mirror.example/debian/|bookworm|oldstable|bookworm|main|Debian|12.15
http://mirror.example/debian/|bookworm|oldstable|bookworm|contrib|Debian|12.15
http://mirror.example/debian/|bookworm-updates|oldstable-updates|bookworm-updates|main|Debian|12-updates
http://mirror.example/security/|bookworm-security|oldstable-security|bookworm-security|main|Debian-Security|12
http://other.example/|stable|stable|bookworm|main|Some vendor|$(VERSION)
`;

const UBUNTU_TARGETS = `http://mirror.example/ubuntu/|noble|noble|noble|main|Ubuntu|24.04
http://mirror.example/ubuntu/|noble|noble|noble|universe|Ubuntu|24.04
http://mirror.example/ubuntu/|noble-updates|noble-updates|noble|main|Ubuntu|24.04
http://security.example/ubuntu/|noble-security|noble-security|noble|main|Ubuntu|24.04
`;

describe('The mirrors of lab hosts', () => {
  it('are those of the machine itself, told apart by label and codename on Debian', () => {
    const mirrors = chooseMirrors(BOOKWORM, parseTargets(DEBIAN_TARGETS));
    expect(mirrors).toEqual({
      distribution: 'debian',
      codename: 'bookworm',
      archives: {
        main: {
          kind: 'main',
          uri: 'http://mirror.example/debian/',
          suite: 'bookworm',
          components: ['main'],
          version: '12.15',
        },
        updates: {
          kind: 'updates',
          uri: 'http://mirror.example/debian/',
          suite: 'bookworm-updates',
          components: ['main'],
          version: '12-updates',
        },
        security: {
          kind: 'security',
          uri: 'http://mirror.example/security/',
          suite: 'bookworm-security',
          components: ['main'],
          version: '12',
        },
      },
    });
  });

  it('are told apart by the suite on Ubuntu, where label and codename are the same for all', () => {
    const { archives } = chooseMirrors(NOBLE, parseTargets(UBUNTU_TARGETS));
    expect(archives.main.components).toEqual(['main', 'universe']);
    expect(archives.updates?.suite).toBe('noble-updates');
    expect(archives.security.uri).toBe('http://security.example/ubuntu/');
  });

  it('are never taken from another release or another vendor', () => {
    const targets = parseTargets(DEBIAN_TARGETS.replaceAll('bookworm', 'trixie'));
    expect(() => chooseMirrors(BOOKWORM, targets)).toThrow(
      'lack the main and security archive of bookworm',
    );
  });

  it('do without the archive of updates between point releases where the machine does', () => {
    const targets = parseTargets(DEBIAN_TARGETS).filter(
      ({ suite }) => suite !== 'oldstable-updates',
    );
    expect(Object.keys(chooseMirrors(BOOKWORM, targets).archives)).toEqual(['main', 'security']);
  });

  it('keep a version empty where the archive declares none', () => {
    expect(parseTargets(DEBIAN_TARGETS).at(-1)?.version).toBe('');
  });

  it('are refused on a machine that is neither Debian nor Ubuntu', () => {
    expect(() => chooseMirrors('ID=fedora\nVERSION_CODENAME=""\n', [])).toThrow(
      'this one calls itself fedora',
    );
  });
});
