import { describe, expect, it } from '@jest/globals';
import {
  aptName,
  describeState,
  hasFiles,
  isInstalled,
  isInterrupted,
  needsReinstallation,
  parseStates,
  type PackageState,
} from '../../../src/packages/apt/states.ts';
import { keyOf } from '../../../src/packages/shared/key-of.ts';
import { fixture } from './fixture.ts';

describe('The package database after a run that was killed', () => {
  const states = parseStates(fixture('debian-31.dpkg-query.stdout'));

  it('names what is not in order, and how', () => {
    expect(states.filter(isInterrupted).map(describeState)).toEqual([
      'libc-bin:amd64 2.36-9+deb12u14 is with triggers that have not run (it)',
      'libssh2-1:amd64 1.10.0-3+deb12u1 is unpacked but not configured (iU)',
      'openssl:amd64 3.0.20-1~deb12u2 is half installed and has to be unpacked again (iHR)',
    ]);
    const again = states.filter(({ abbreviation }) => needsReinstallation(abbreviation));
    expect(again.map(keyOf)).toEqual(['openssl:amd64']);
  });

  it('has the sources from which packages were built', () => {
    const kernel = states.find(({ name }) => name === 'linux-image-6.1.0-50-amd64');
    expect(kernel).toMatchObject({
      version: '6.1.176-1',
      sourceName: 'linux-signed-amd64',
      sourceVersion: '6.1.176+1',
      installedBytes: 400_032 * 1024,
    });
  });
});

describe('A package', () => {
  const state = (abbreviation: string): PackageState => ({
    name: 'x',
    architecture: 'amd64',
    version: '1',
    abbreviation,
    sourceName: 'x',
    sourceVersion: '1',
    installedBytes: 0,
  });

  it.each([
    ['ii', true, false],
    ['hi', true, false],
    ['ri', true, false],
    ['rc', false, false],
    ['un', false, false],
    ['pn', false, false],
    ['iU', false, true],
    ['iF', false, true],
    ['iW', false, true],
    ['it', false, true],
    ['iH', false, true],
    ['iHR', false, true],
    ['iiR', false, true],
  ])('in the state %s is installed: %s, interrupted: %s', (abbreviation, installed, broken) => {
    expect(isInstalled(state(abbreviation))).toBe(installed);
    expect(isInterrupted(state(abbreviation))).toBe(broken);
    expect(hasFiles(state(abbreviation))).toBe(installed || broken);
  });

  it('is named with its architecture only where that is a foreign one', () => {
    expect(aptName({ name: 'libc6', architecture: 'amd64' }, 'amd64')).toBe('libc6');
    expect(aptName({ name: 'tzdata', architecture: 'all' }, 'amd64')).toBe('tzdata');
    expect(aptName({ name: 'libc6', architecture: 'i386' }, 'amd64')).toBe('libc6:i386');
  });

  it('whose line has no fields is a broken invariant', () => {
    expect(() => parseStates('nothing\n')).toThrow('without its fields');
  });
});
