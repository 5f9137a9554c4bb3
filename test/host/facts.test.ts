import { release } from 'node:os';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Facts } from '../../src/domain/facts.ts';
import { createRunCommand } from '../../src/host/command.ts';
import { observeSystem } from '../../src/host/facts.ts';
import { parseOsRelease } from '../../src/host/os-release.ts';
import { spaceShortages } from '../../src/host/space-floors.ts';
import { readSpace, spaceFor } from '../../src/host/space.ts';
import { parseUnitNames } from '../../src/host/systemd.ts';
import { temporaryPaths } from './support/temporary.ts';

const MB = 1_000_000;

function space(mountPoint: string, freeBytes = 10_000 * MB, freeInodes = 1_000_000) {
  return { mountPoint, freeBytes, freeInodes, countsInodes: true };
}

describe('observeSystem', () => {
  it('tells what the schema of the facts asks for', async () => {
    const paths = await temporaryPaths();
    await mkdir(paths.stateDirectory);
    const run = createRunCommand({ cycleDirectory: null, step: 'inspect' });
    const observed = await observeSystem(run, paths);
    const { os, kernel, virtualization, boot, space: spaces, failedUnits } = Facts.shape;
    for (const [name, schema] of Object.entries({
      os,
      kernel,
      virtualization,
      boot,
      space: spaces,
      failedUnits,
    })) {
      expect([name, schema.safeParse(observed[name as keyof typeof observed]).success]).toEqual([
        name,
        true,
      ]);
    }
    expect(observed.kernel).toBe(release());
    expect(observed.space.map(({ mountPoint }) => mountPoint)).toContain('/');
  });
});

describe('readSpace', () => {
  it('names each file system once, and that of the nearest parent for what does not exist', async () => {
    const spaces = await readSpace(['/', '/no/such/thing', '/etc', '/proc']);
    const mounts = spaces.map(({ mountPoint }) => mountPoint);
    expect(mounts.filter((mount) => mount === '/')).toHaveLength(1);
    expect(mounts).toContain('/proc');
    expect(mounts).not.toContain('/no/such/thing');
    expect(new Set(mounts).size).toBe(mounts.length);
  });
});

describe('spaceFor', () => {
  it('finds the file system with the longest mount point above a path', () => {
    const spaces = [space('/'), space('/var'), space('/var/lib'), space('/variety')];
    expect(spaceFor(spaces, '/var/cache/patchcycle')?.mountPoint).toBe('/var');
    expect(spaceFor(spaces, '/var/lib')?.mountPoint).toBe('/var/lib');
    expect(spaceFor(spaces, '/usr')?.mountPoint).toBe('/');
  });
});

describe('spaceShortages', () => {
  it('has nothing to say about a host with room', () => {
    expect(spaceShortages([space('/'), space('/var'), space('/boot', 50 * MB, 20)])).toEqual([]);
  });

  it('names what is too full, how much there is and how much is needed', () => {
    expect(spaceShortages([space('/', 100 * MB)])).toEqual([
      '/ has 100 MB free, and / needs 200 MB at least',
      '/ has 100 MB free, and /var needs 500 MB at least',
    ]);
    expect(spaceShortages([space('/'), space('/var', 499 * MB)])).toEqual([
      '/var has 499 MB free, and /var needs 500 MB at least',
    ]);
  });

  it('counts inodes only where the file system has a fixed number of them', () => {
    expect(spaceShortages([space('/', 10_000 * MB, 4_999)])).toEqual([
      '/ has 4999 free inodes, and 5000 are needed at least',
    ]);
    expect(spaceShortages([{ ...space('/', 10_000 * MB, 0), countsInodes: false }])).toEqual([]);
  });
});

describe('parseOsRelease', () => {
  it('reads quoted and bare values', () => {
    const text =
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n# comment\n';
    expect(parseOsRelease(text)).toEqual({
      id: 'debian',
      version: '12',
      name: 'Debian GNU/Linux 12 (bookworm)',
    });
  });

  it('says unknown where the file says nothing', () => {
    expect(parseOsRelease('')).toEqual({
      id: 'unknown',
      version: 'unknown',
      name: 'unknown unknown',
    });
    expect(parseOsRelease('ID=\'arch\'\nVERSION_ID="a\\"b"')).toMatchObject({
      id: 'arch',
      version: 'a"b',
    });
  });
});

describe('parseUnitNames', () => {
  it('takes the first column, sorted', () => {
    const stdout =
      'nginx.service loaded failed failed A high performance web server\napt-daily.service loaded failed failed Daily apt\n\n';
    expect(parseUnitNames(stdout)).toEqual(['apt-daily.service', 'nginx.service']);
  });
});
