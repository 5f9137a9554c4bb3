import { describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import { describeDouble, doublesOf, groupDoubles } from '../../../src/packages/dnf/doubles.ts';
import { parseFileList } from '../../../src/packages/dnf/file-lists.ts';
import { parseInstallOnly } from '../../../src/packages/dnf/install-only.ts';
import {
  nevraOf,
  newestVersions,
  packageStates,
  parseStates,
  type PackageState,
} from '../../../src/packages/dnf/states.ts';
import { answering } from './fixture.ts';

function state(name: string, version: string, architecture = 'x86_64'): PackageState {
  return { name, architecture, version, installedBytes: 1, transaction: 7 };
}

function change(own: Partial<Change>): Change {
  return {
    name: 'web',
    architecture: 'x86_64',
    oldVersion: '1.0-1',
    newVersion: '1.1-1',
    archive: 'web.rpm',
    sha256: '0'.repeat(64),
    sizeBytes: 1,
    origin: 'lab',
    security: true,
    ...own,
  };
}

describe("rpm's database", () => {
  it('has name, architecture and version of each package, an epoch of 0 left out', () => {
    const lines = 'vim|x86_64|2|9.0|1.el9|5|7\nweb|noarch|0|1.0|1|0|8\n';
    expect(parseStates(lines)).toEqual([
      { ...state('vim', '2:9.0-1.el9'), installedBytes: 5 },
      { ...state('web', '1.0-1', 'noarch'), installedBytes: 0, transaction: 8 },
    ]);
    expect(nevraOf(state('vim', '2:9.0-1.el9'))).toBe('vim-2:9.0-1.el9.x86_64');
  });

  it('is refused where rpm passes over entries that it cannot read, though it ends with 0', async () => {
    const stderr =
      'error: rpmdbNextIterator: skipping h#       2 hdr tags: BAD, no. of tags(2147483647) out of range\n';
    const tools = answering(() => ({ stdout: 'web|noarch|0|1.0|1|0|8\n', stderr }));
    await expect(packageStates(tools)).rejects.toMatchObject({ type: 'PackageStateBroken' });
  });

  it('has keys in it that are no packages', () => {
    expect(parseStates('gpg-pubkey|(none)|0|d4082792|5b32db75|0|7\n')).toEqual([]);
  });

  it('is not read past a line that is cut off', () => {
    expect(() => parseStates('web|noarch|0|1.0')).toThrow('without its fields');
  });

  it('has the newest of several versions of a kernel', () => {
    const states = [state('kernel', '5.14.0-70'), state('kernel', '5.14.0-427'), state('a', '1-1')];
    expect(Object.fromEntries(newestVersions(states))).toEqual({
      'a:x86_64': '1-1',
      'kernel:x86_64': '5.14.0-427',
    });
  });
});

describe('A package that is in the database twice', () => {
  it('is one whose older version an update has not come to erase', () => {
    const states = [state('web', '1.1-1'), state('web', '1.0-1'), state('lib', '1-1')];
    const doubles = groupDoubles(states);
    expect(doubles.map(describeDouble)).toEqual([
      'web:x86_64 1.1-1 is installed, and 1.0-1 is still in the database beside it',
    ]);
    expect(doublesOf([change({})], states)).toEqual(doubles);
  });

  it('may have changed from any architecture to one, or back', () => {
    const states = [state('web', '1.1-1'), state('web', '1.0-1', 'noarch')];
    expect(groupDoubles(states)).toHaveLength(1);
    expect(doublesOf([change({ oldArchitecture: 'noarch' })], states)).toHaveLength(1);
  });

  it('is not one that is there for two architectures', () => {
    expect(groupDoubles([state('libc', '1-1'), state('libc', '1-1', 'i686')])).toEqual([]);
  });

  it('is never one of a plan that came beside its older version', () => {
    const states = [state('kernel', '5.0-1'), state('kernel', '5.1-1')];
    const kernel = change({ name: 'kernel', oldVersion: null, newVersion: '5.1-1' });
    expect(doublesOf([kernel], states)).toEqual([]);
  });

  it('never has a newer version than the planned one erased', () => {
    expect(doublesOf([change({})], [state('web', '1.1-1'), state('web', '1.2-1')])).toEqual([]);
  });
});

describe('What may be installed beside its older version', () => {
  it('is what the configuration adds', () => {
    const text = '[main]\ngpgcheck=1\ninstallonlypkgs = kmod-x, dkms\n  jdk\nbest=True\n';
    expect(parseInstallOnly(text)).toEqual(['kmod-x', 'dkms', 'jdk']);
    expect(parseInstallOnly('[main]\n')).toEqual([]);
  });
});

describe("A package's files", () => {
  it('are told from its directories by their modes', () => {
    expect(parseFileList('40755 /usr/share/web\n100644 /usr/share/web/a b\n(none)\n')).toEqual([
      { path: '/usr/share/web', isDirectory: true },
      { path: '/usr/share/web/a b', isDirectory: false },
    ]);
  });
});
