import { describe, expect, it } from '@jest/globals';
import { hashesIn } from '../../../src/packages/dnf/primary-hashes.ts';
import { listArchives, parseArchiveList } from '../../../src/packages/dnf/archive-list.ts';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { dnf5 } from '../../../src/packages/dnf/dialects/dnf5.ts';
import { parsePythonBytes } from '../../../src/packages/dnf/dialects/python-bytes.ts';
import { parseLock } from '../../../src/packages/dnf/version-locks.ts';
import { answering, DIALECTS, fixture } from './fixture.ts';

describe.each(DIALECTS)('The words of %s', (_, dialect) => {
  it('name the advisories of installed packages, with type, severity and version', () => {
    const entries = dialect.parseAdvisoryList(fixture(dialect, 9, 'advisories'));
    const shown = entries.map(
      (one) =>
        `${one.id} ${one.security ? 'security' : 'other'} ${one.severity} ${one.name} ${one.version} ${one.architecture}`,
    );
    expect(shown.toSorted()).toEqual([
      'LAB-2026:0001 security Important app 1.5-1 noarch',
      'LAB-2026:0002 other  app 2-1 noarch',
      'LAB-2026:0002 other  plain 2-1 noarch',
      'LAB-2026:0003 security Critical kernel 6.2.0-10.lab x86_64',
      'LAB-2026:0004 security Moderate secneeds 2-1 noarch',
      'LAB-2026:0005 security Low secnew 2-1 noarch',
      'LAB-2026:0006 security Important epo 3:2-1 noarch',
      'LAB-2026:0009 security Important locked 2-1 noarch',
      'LAB-2026:0010 security Important base 1-1 noarch',
    ]);
  });

  it('name the CVEs of an advisory, and none of its description', () => {
    const entries = dialect.parseAdvisoryList(fixture(dialect, 9, 'advisories'));
    const cvesOf = dialect.parseAdvisoryCves(fixture(dialect, 10, 'cves'));
    const cves = Object.fromEntries(entries.map((one) => [`${one.id} ${one.name}`, cvesOf(one)]));
    expect(cves).toMatchObject({
      'LAB-2026:0001 app': ['CVE-2026-1001', 'CVE-2026-1002'],
      'LAB-2026:0002 plain': [],
      'LAB-2026:0006 epo': ['CVE-2026-1006'],
    });
  });

  it('list nothing where there are no advisories', () => {
    expect(dialect.parseAdvisoryList('')).toEqual([]);
  });

  it('say of what time the lists of each repository are', () => {
    const times = dialect.parseRepositoryTimes(fixture(dialect, 13, 'repositories'));
    expect(times.get('lab2')).toBe(Date.parse('2026-11-28T01:36:17Z'));
  });

  it('tell size and version of an archive', () => {
    const rows = parseArchiveList(dialect, fixture(dialect, 11, 'repoquery'));
    expect(rows).toHaveLength(5);
    expect(rows.find(({ name }) => name === 'epo')).toMatchObject({
      architecture: 'noarch',
      newVersion: '3:2-1',
      repository: 'lab2',
      sizeBytes: 6044,
      installedBytes: 6,
    });
  });
});

describe('dnf 4', () => {
  it('tells the hashes of archives as python shows bytes', () => {
    const rows = parseArchiveList(dnf4, fixture(dnf4, 11, 'repoquery'));
    expect(rows.map(({ name, sha256 }) => [name, sha256])).toContainEqual([
      'locked',
      'e22f7b7259983c856c7432961927c71e1b22706f87b12f72497d546665aff841',
    ]);
    expect(rows.filter(({ sha256 }) => sha256 === null)).toEqual([]);
  });

  it.each([
    ['a hash of another length', `(1, b'abc')`],
    ['something else', '(none)'],
  ])('has %s not taken for a SHA-256', (_, text) => {
    expect(parsePythonBytes(text)).toBeNull();
  });

  it('reads a name of an advisory that has a blank', () => {
    const line = 'i XYZ~7/2026 a Unknown/Sec. app-1.5-1.noarch\n';
    expect(dnf4.parseAdvisoryList(line)).toEqual([
      {
        id: 'XYZ~7/2026 a',
        security: true,
        severity: '',
        name: 'app',
        architecture: 'noarch',
        version: '1.5-1',
      },
    ]);
  });

  it('loses no advisory whose package it cannot read, and passes over what plugins say', () => {
    const said = 'Updating Subscription Management repositories.\n';
    expect(dnf4.parseAdvisoryList(said)).toEqual([]);
    expect(() => dnf4.parseAdvisoryList(`${said}  LAB-1 Low/Sec. app\n`)).toThrow(
      expect.objectContaining({ type: 'PlanUnparsable' }),
    );
  });

  it('names the packages of locks in every form of its plugin', () => {
    const locks = ['locked-0:1-1.*', '!kernel-core-6.1.0-1.*', 'php*', 'glibc', '# Added lock', ''];
    expect(locks.flatMap(parseLock)).toEqual(['locked', 'kernel-core', 'php*', 'glibc']);
  });
});

const SHA256 = '9816bd7b360e74433faca9daa4f9a477355a55047e3e47bdb5ca700698002635';

const element = (epoch: number) => `<package type="rpm">
  <name>app</name><arch>noarch</arch><version epoch="${epoch}" ver="2" rel="1"/>
  <checksum type="sha256" pkgid="YES">${SHA256}</checksum>
  <size package="6093" installed="6" archive="500"/><location href="app-2-1.noarch.rpm"/>
</package>`;

describe('dnf 5', () => {
  const wanted = { name: 'app', architecture: 'noarch', repository: 'lab2', sizeBytes: 6093 };

  it.each([
    [0, '2-1'],
    [3, '3:2-1'],
  ])('keeps lists in which hashes are found, with the epoch %i', async (epoch, newVersion) => {
    const list = `<metadata packages="2">\n${element(epoch)}${element(7)}</metadata>`;
    // Cut anywhere, as a file comes.
    const pieces = list.match(/[^]{1,50}/g) ?? [];
    const hashes = await hashesIn(asyncOf(pieces), [{ ...wanted, newVersion }]);
    expect([...hashes]).toEqual([['app:noarch', SHA256]]);
  });

  it('keeps no hash of an archive of another size or version', async () => {
    const others = [
      { ...wanted, newVersion: '2-1', sizeBytes: 6094 },
      { ...wanted, newVersion: '2-2' },
    ];
    expect([...(await hashesIn(asyncOf([element(0)]), others))]).toEqual([]);
  });

  it('has an output that is no list refused', () => {
    expect(() => dnf5.parseAdvisoryList('No advisories')).toThrow(
      expect.objectContaining({ type: 'PlanUnparsable' }),
    );
  });
});

async function* asyncOf(pieces: readonly string[]): AsyncGenerator<string> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

describe('The list of archives', () => {
  const version = { name: 'app', architecture: 'noarch', newVersion: '9-1', repository: 'lab2' };

  it('says that a version has vanished, and does not take one of another repository', async () => {
    const others = [fixture(dnf4, 11, 'repoquery'), `app|noarch|9-1|other|6093|6|(none)\n`, ''];
    for (const stdout of others) {
      const tools = answering(() => ({ stdout }));
      await expect(listArchives(tools, dnf4, [version])).rejects.toMatchObject({
        type: 'VersionVanished',
        message: 'no list of the repository lab2 has app-0:9-1.noarch',
      });
    }
  });
});
