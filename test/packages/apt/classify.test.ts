import { describe, expect, it } from '@jest/globals';
import type { FailureType } from '../../../src/domain/failure.ts';
import { classify, decisiveLine } from '../../../src/packages/apt/classify.ts';
import type { Subject } from '../../../src/packages/shared/classify.ts';
import { fixture } from './fixture.ts';

describe('What apt and dpkg mean', () => {
  it.each<[string, Subject, FailureType, string]>([
    ['debian-6.apt-get-update', 'lists', 'MirrorListsBroken', 'Mirror sync in progress?'],
    [
      'debian-10.apt-get-update',
      'lists',
      'MirrorUnreachable',
      'Could not connect to mirror.example',
    ],
    ['debian-11.apt-get-update', 'lists', 'MirrorListsBroken', 'no longer has a Release file'],
    ['debian-12.apt-get-update', 'lists', 'ReleaseExpired', 'is expired (invalid since'],
    ['debian-13.apt-get-update', 'lists', 'ReleaseExpired', 'is not valid yet'],
    ['debian-14.apt-get-update', 'lists', 'SignatureInvalid', 'BADSIG'],
    ['debian-15.apt-get-update', 'lists', 'SignatureInvalid', 'NO_PUBKEY'],
    ['debian-16.apt-get-update', 'lists', 'SignatureInvalid', 'is no longer signed'],
    ['debian-17.apt-get-update', 'lists', 'HashMismatch', 'Hash Sum mismatch'],
    ['debian-18.apt-get-download', 'archives', 'MirrorUnreachable', 'Could not connect to'],
    ['debian-19.apt-get-download', 'archives', 'HashMismatch', 'Hash Sum mismatch'],
    ['debian-20.apt-get-download', 'archives', 'VersionVanished', '404  Not Found'],
    [
      'debian-21.apt-get-download',
      'archives',
      'VersionVanished',
      "Version '9' for 'labtool' was not found",
    ],
    ['debian-22.apt-get-install', 'job', 'PackageLockHeld', 'It is held by process'],
    ['debian-23.dpkg-configure', 'job', 'PackageLockHeld', 'locked by another process with pid'],
  ])('in %s, asked for %s, is %s', (name, subject, type, words) => {
    const stderr = fixture(`${name}.stderr`);
    expect(classify(stderr, subject)).toBe(type);
    expect(decisiveLine(stderr, type)).toContain(words);
  });

  it('lets a bad signature decide where another mirror is only down', () => {
    const down = fixture('debian-10.apt-get-update.stderr');
    const forged = fixture('debian-14.apt-get-update.stderr');
    expect(classify(down + forged, 'lists')).toBe('SignatureInvalid');
  });

  it.each<[string, Subject, FailureType]>([
    [
      "E: You don't have enough free space in /var/cache/apt/archives/.",
      'archives',
      'NotEnoughSpace',
    ],
    [
      'dpkg: error processing archive x.deb (--unpack):\n cannot copy extracted data: failed to write (No space left on device)',
      'job',
      'NotEnoughSpace',
    ],
    ["E: Unmet dependencies. Try 'apt --fix-broken install'", 'resolution', 'DependencyProblem'],
    [
      "E: Repository 'http://mirror.example stable InRelease' changed its 'Suite' value from 'stable' to 'oldstable'",
      'lists',
      'MirrorListsBroken',
    ],
  ])('in %s is told by words that a captured run does not have', (words, subject, type) => {
    expect(classify(words, subject)).toBe(type);
  });

  it('is nothing that is known, where it is not', () => {
    expect(classify('E: The moon is full', 'lists')).toBeNull();
    expect(decisiveLine('something\nE: The moon is full\n', 'CommandFailed')).toBe(
      'The moon is full',
    );
  });
});
