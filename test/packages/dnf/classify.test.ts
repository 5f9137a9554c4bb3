import { describe, expect, it } from '@jest/globals';
import { decisiveLineBy } from '../../../src/packages/shared/classify.ts';
import { classify, DNF_WORDS } from '../../../src/packages/dnf/classify.ts';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { DIALECTS, fixture } from './fixture.ts';

describe.each(DIALECTS)('What %s means by what it writes', (_, dialect) => {
  it.each([
    [21, 'MirrorUnreachable', 'is down'],
    [22, 'MirrorUnreachable', 'has a name that does not resolve'],
    [23, 'MirrorListsBroken', 'is not there'],
    [24, 'MirrorUnreachable', 'answers 503'],
    [25, 'SignatureInvalid', 'was changed after signing'],
    [26, 'SignatureInvalid', 'another key has signed'],
    [27, 'SignatureInvalid', 'nobody has signed'],
    [28, 'HashMismatch', 'has lists that are not the signed ones'],
    [29, 'MirrorUnreachable', 'does not answer'],
  ])('fixture %i is %s: a repository that %s', (number, type) => {
    const output = fixture(dialect, number, 'makecache', 'stderr');
    expect(classify(output, 'lists')).toBe(type);
  });

  it.each([
    [16, 'VersionVanished', 'a version that is in no list'],
    [17, 'VersionVanished', 'an archive that is not there'],
    [18, 'HashMismatch', 'an altered archive'],
    [19, 'MirrorUnreachable', 'a mirror that is down'],
  ])('fixture %i is %s: %s', (number, type) => {
    const stream = dialect.name === 'dnf4' && number > 16 ? 'stdout' : 'stderr';
    expect(classify(fixture(dialect, number, 'download', stream), 'archives')).toBe(type);
  });

  it('finds no way for an update', () => {
    const output = fixture(dialect, 8, 'upgrade', 'stderr');
    expect(classify(output, 'resolution')).toBe('DependencyProblem');
  });

  it('says the reason and not that there was one', () => {
    const output = fixture(dialect, 21, 'makecache', 'stderr');
    expect(decisiveLineBy(DNF_WORDS, output, 'MirrorUnreachable')).toMatch(
      /^Curl error \(7\): Could.* connect to server for http:\/\/mirror\.example\//,
    );
  });
});

it('says which file two packages both have', () => {
  const output = `Error: Transaction test error:
  file /usr/share/lab/kernel from install of kernel-6.2.0-10.lab.x86_64 conflicts with file from package kernel-6.1.0-10.lab.x86_64
`;
  expect(classify(output, 'job')).toBe('PackageJobFailed');
  expect(decisiveLineBy(DNF_WORDS, output, 'PackageJobFailed')).toMatch(/^file .*kernel-6\.1/);
});

describe('What dnf 4 means by what it writes', () => {
  it('names who holds its lock', () => {
    const output = fixture(dnf4, 20, 'makecache', 'stderr');
    expect(classify(output, 'lists')).toBe('PackageLockHeld');
    expect(decisiveLineBy(DNF_WORDS, output, 'PackageLockHeld')).toMatch(/locked by \d+$/);
  });
});
