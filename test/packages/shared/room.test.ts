import { describe, expect, it } from '@jest/globals';
import type { FileSystemSpace } from '../../../src/domain/facts.ts';
import { findShortages } from '../../../src/packages/shared/room.ts';

const MB = 1_000_000;

function fileSystem(mountPoint: string, megabytes: number): FileSystemSpace {
  return { mountPoint, freeBytes: megabytes * MB, freeInodes: 1_000_000, countsInodes: true };
}

const needs = [
  { path: '/var/cache/patchcycle/x', bytes: 100 * MB, what: 'the archives' },
  { path: '/usr', bytes: 300 * MB, what: 'the unpacked packages' },
  { path: '/boot', bytes: 0, what: 'kernels' },
];

describe('Room for an update', () => {
  it('is enough where everything together and some reserve fit', () => {
    expect(findShortages(needs, [fileSystem('/', 468)])).toEqual([]);
  });

  it('is too little where each part alone would fit, and not both', () => {
    expect(findShortages(needs, [fileSystem('/', 460)])).toEqual([
      '/ has 460 MB free, the archives and the unpacked packages need 468 MB',
    ]);
  });

  it('is counted for each file system by itself', () => {
    const spaces = [fileSystem('/', 400), fileSystem('/var', 150), fileSystem('/boot', 1)];
    expect(findShortages(needs, spaces)).toEqual([
      '/var has 150 MB free, the archives need 168 MB',
    ]);
  });

  it('is asked of a boot partition only where a kernel comes', () => {
    const kernels = [...needs.slice(0, 2), { path: '/boot', bytes: 80 * MB, what: 'kernels' }];
    expect(findShortages(kernels, [fileSystem('/', 5_000), fileSystem('/boot', 100)])).toEqual([
      '/boot has 100 MB free, kernels need 148 MB',
    ]);
  });
});
