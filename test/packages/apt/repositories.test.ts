import { describe, expect, it } from '@jest/globals';
import {
  isSecurityOrigin,
  isSecurityRepository,
  parseRepositories,
  sourceLines,
} from '../../../src/packages/apt/repositories.ts';
import { fixture } from './fixture.ts';

describe('The configured repositories', () => {
  const repositories = parseRepositories(fixture('debian-29.apt-get-indextargets.stdout'));

  it('are read with what their Release files say of themselves', () => {
    expect(repositories[0]).toEqual({
      uri: 'http://mirror.example/debian-security/',
      release: 'bookworm-security',
      component: 'main',
      architecture: 'amd64',
      origin: 'Debian',
      label: 'Debian-Security',
      suite: 'oldstable-security',
    });
    expect(repositories).toHaveLength(3);
  });

  it('have empty fields where a repository lacks one', () => {
    const line = ['http://mirror.example/x/', 'stable', 'main', 'all', '$(ORIGIN)', '', '$(SUITE)'];
    expect(parseRepositories(`${line.join('\t')}\n`)).toEqual([
      expect.objectContaining({ architecture: 'all', origin: '', label: '', suite: '' }),
    ]);
  });

  it('give a source list of the security repositories alone', () => {
    expect(sourceLines(repositories.filter(isSecurityRepository))).toBe(
      'deb [arch=amd64] http://mirror.example/debian-security/ bookworm-security main\n',
    );
  });
});

describe('What is security', () => {
  it.each([
    'Debian-Security:12/oldstable-security',
    'Debian-Security:10/oldoldstable',
    'Debian-Security:stable-security',
    'Debian:12.15/oldstable, Debian-Security:12/oldstable-security',
    'Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security',
    'UbuntuESM:22.04/jammy-infra-security',
    'UbuntuESMApps:22.04/jammy-apps-security',
  ])('by its origin: %s', (origins) => {
    expect(isSecurityOrigin(origins)).toBe(true);
  });

  it.each([
    'Debian:12.15/oldstable',
    'Debian:12-updates/oldstable-updates',
    'Ubuntu:22.04/jammy-updates',
    // The suite's word alone is anybody's to choose.
    'Some Vendor:1.0/jammy-security',
    'Vendor-Security:stable-security',
    'noble/stable noble:noble',
    'mirror.example',
    'localhost',
    '',
  ])('and what is not: %s', (origins) => {
    expect(isSecurityOrigin(origins)).toBe(false);
  });
});
