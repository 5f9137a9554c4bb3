import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Change } from '../../../src/domain/plan.ts';
import { archiveContents } from '../../../src/packages/apt/archive-contents.ts';
import { readArchive } from '../../../src/packages/apt/archive-stream.ts';
import { fileSha256 } from '../../../src/packages/digest.ts';

const CHANGELOG = `talker (1.1) stable-security; urgency=high\n\n  * CVE-2026-0001\n\ntalker (1.0) stable; urgency=low\n\n  * CVE-2020-0001\n`;

let directory: string;
let change: Change;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-archive-'));
  const tree = join(directory, 'tree');
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'usr/share/doc/talker'), { recursive: true });
  await mkdir(join(tree, 'usr/share/ca'), { recursive: true });
  await writeFile(
    join(tree, 'DEBIAN/control'),
    'Package: talker\nVersion: 1.1\nArchitecture: all\nMaintainer: The lab <lab@lab.example>\nDescription: talks\n',
  );
  const doc = join(tree, 'usr/share/doc/talker');
  await writeFile(join(doc, 'changelog.Debian.gz'), gzipSync(CHANGELOG));
  await writeFile(join(doc, 'changelog.gz'), gzipSync('Changes in 1.1: something else\n'));
  await writeFile(join(tree, 'usr/share/ca/Főtanúsítvány with space.crt'), 'x');
  await writeFile(join(doc, 'NEWS.de.gz'), 'this is no gzip');
  await writeFile(join(doc, 'NEWS.fr.gz'), gzipSync(CHANGELOG).fill(0xff, 10));
  await symlink('talker', join(tree, 'usr/share/doc/whisperer'));
  const archive = 'talker_1.1_all.deb';
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, join(directory, archive)]);
  change = {
    name: 'talker',
    architecture: 'all',
    oldVersion: '1.0',
    newVersion: '1.1',
    archive,
    sha256: await fileSha256(join(directory, archive)),
    sizeBytes: 1,
    origin: '',
    security: true,
  };
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe("A package's archive", () => {
  it('is read without being unpacked: every path, and the wanted contents', async () => {
    const wanted = '/usr/share/doc/talker/changelog.Debian.gz';
    const { entries, contents } = await readArchive(
      join(directory, change.archive),
      ({ path }) => path === wanted,
      1_000_000,
    );
    expect(entries.map(({ path, type }) => `${type} ${path}`)).toEqual([
      'directory /',
      'directory /usr',
      'directory /usr/share',
      'directory /usr/share/ca',
      'file /usr/share/ca/Főtanúsítvány with space.crt',
      'directory /usr/share/doc',
      'directory /usr/share/doc/talker',
      'file /usr/share/doc/talker/NEWS.de.gz',
      'file /usr/share/doc/talker/NEWS.fr.gz',
      `file ${wanted}`,
      'file /usr/share/doc/talker/changelog.gz',
      'link /usr/share/doc/whisperer',
    ]);
    expect([...contents]).toEqual([[wanted, CHANGELOG]]);
  });

  it('gives no more of a content than is asked for', async () => {
    const { contents } = await readArchive(
      join(directory, change.archive),
      ({ path }) => path.endsWith('changelog.Debian.gz'),
      20,
    );
    expect([...contents.values()].map(({ length }) => length <= 20)).toEqual([true]);
  });

  it.each(['de', 'fr'])(
    'has no text in a file %s that is only named as if it were compressed',
    async (language) => {
      const wanted = `/usr/share/doc/talker/NEWS.${language}.gz`;
      const { entries, contents } = await readArchive(
        join(directory, change.archive),
        ({ path }) => path === wanted,
        1_000_000,
      );
      expect([...contents]).toEqual([[wanted, '']]);
      expect(entries.at(-1)?.path).toBe('/usr/share/doc/whisperer');
    },
  );

  it("tells its changelog, the package's own before the upstream's", async () => {
    const { changelog } = await archiveContents(change, directory);
    expect(changelog).toEqual([
      { version: '1.1', severity: 'high', cves: ['CVE-2026-0001'], notices: [] },
      { version: '1.0', severity: null, cves: ['CVE-2020-0001'], notices: [] },
    ]);
  });

  it('is read once, and again when another archive has its name', async () => {
    const once = await archiveContents(change, directory);
    const file = join(directory, change.archive);
    const other = { ...change, sha256: 'f'.repeat(64) };
    await writeFile(file, 'no archive');
    expect(await archiveContents(change, directory)).toEqual(once);
    await expect(archiveContents(other, directory)).rejects.toMatchObject({ type: 'HashMismatch' });
  });

  it('that is none is refused', async () => {
    const file = join(directory, 'broken.deb');
    await writeFile(file, 'no archive');
    await expect(readArchive(file, () => false, 1)).rejects.toThrow(
      'is no archive that dpkg can read',
    );
    await expect(readArchive(join(directory, 'missing.deb'), () => false, 1)).rejects.toMatchObject(
      {
        type: 'HashMismatch',
      },
    );
  });
});
