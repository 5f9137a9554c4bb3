import { describe, expect, it } from '@jest/globals';
import {
  changelogPath,
  packagesFile,
  poolPath,
  releaseFile,
} from '../../../src/lab/deb/release-file.ts';
import type { BuiltPackage } from '../../../src/lab/packages.ts';

const BUILT: BuiltPackage = {
  spec: { name: 'libshop', version: '1:2.0-1', requires: ['shop-data >= 2.0', 'zlib'] },
  name: 'libshop',
  version: '1:2.0-1',
  architecture: 'all',
  file: '/nowhere.deb',
  sizeBytes: 7,
  sha256: 'ab'.repeat(32),
};

describe('The files of a lab repository', () => {
  it('lie where the archive format puts them, without the epoch', () => {
    expect(poolPath(BUILT)).toBe('pool/main/libs/libshop/libshop_2.0-1_all.deb');
    expect(changelogPath(BUILT)).toBe('changelogs/main/libs/libshop/libshop_2.0-1_changelog');
  });

  it('give place, size and hash of each archive after its control fields', () => {
    expect(packagesFile([BUILT])).toBe(
      `Package: libshop\nVersion: 1:2.0-1\nArchitecture: all\nSection: misc\nPriority: optional\nMaintainer: The lab <lab@lab.example>\nDepends: shop-data (>= 2.0), zlib\nDescription: package of the patchcycle lab\nFilename: ${poolPath(BUILT)}\nSize: 7\nSHA256: ${'ab'.repeat(32)}\n`,
    );
  });

  it('carry dates in the one zone that apt accepts, and the hash of every list', () => {
    const text = releaseFile(
      {
        origin: 'Debian',
        label: 'Debian-Security',
        suite: 'stable-security',
        codename: 'lab',
        date: new Date('2026-03-01T00:00:00Z'),
        validUntil: new Date('2026-03-08T00:00:00Z'),
        architecture: 'amd64',
        changelogs: 'http://mirror.example/@CHANGEPATH@',
      },
      new Map([['main/binary-amd64/Packages', Buffer.from('')]]),
    );
    expect(text).toContain(
      'Date: Sun, 01 Mar 2026 00:00:00 UTC\nValid-Until: Sun, 08 Mar 2026 00:00:00 UTC\n',
    );
    expect(text).toContain(
      'SHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages\n',
    );
  });
});
