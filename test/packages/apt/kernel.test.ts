import { describe, expect, it } from '@jest/globals';
import { flavourOf, judgeKernel } from '../../../src/packages/apt/kernel.ts';
import type { PackageState } from '../../../src/packages/apt/states.ts';

const DEBIAN = '#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-06-01)';
const UBUNTU = '#115-Ubuntu SMP Mon Apr 15 09:52:04 UTC 2024';

function image(release: string, version: string): PackageState {
  return {
    name: `linux-image-${release}`,
    architecture: 'amd64',
    version,
    abbreviation: 'ii',
    sourceName: 'linux',
    sourceVersion: version,
    installedBytes: 0,
  };
}

describe('The running kernel against the installed ones', () => {
  it.each([
    ['6.1.0-56-amd64', 'amd64'],
    ['6.1.0-56-cloud-amd64', 'cloud-amd64'],
    ['5.15.0-105-generic', 'generic'],
    ['6.8.0-1010-aws', 'aws'],
    ['6.9.7', ''],
  ])('%s is of the flavour "%s"', (release, flavour) => {
    expect(flavourOf(release)).toBe(flavour);
  });

  it.each<[string, string, string[], string | null]>([
    ['is the newest', '6.1.0-56-amd64', ['6.1.0-50-amd64', '6.1.0-56-amd64'], null],
    [
      'is an older one, by number and not by letter',
      '6.1.0-9-amd64',
      ['6.1.0-9-amd64', '6.1.0-10-amd64'],
      'the kernel 6.1.0-10-amd64 is installed and 6.1.0-9-amd64 runs',
    ],
    [
      'has a newer one of another flavour beside it',
      '6.1.0-50-amd64',
      ['6.1.0-50-amd64', '6.1.0-56-cloud-amd64'],
      null,
    ],
    ['comes from elsewhere, no image of its flavour is installed', '6.6.0-microvm', [], null],
    ['runs while only an older image is left', '6.1.0-56-amd64', ['6.1.0-50-amd64'], null],
  ])('%s', (_, release, installed, expected) => {
    expect(judgeKernel({ release, version: UBUNTU }, installed, [])).toBe(expected);
  });

  it('was replaced under the same name', () => {
    const running = { release: '6.1.0-50-amd64', version: DEBIAN };
    const judge = (version: string) =>
      judgeKernel(running, ['6.1.0-50-amd64'], [image('6.1.0-50-amd64', version)]);
    expect(judge('6.1.176-1')).toBeNull();
    expect(judge('6.1.177-1')).toBe(
      'the kernel 6.1.0-50-amd64 is installed in the version 6.1.177-1 and 6.1.176-1 runs',
    );
  });
});
