import { describe, expect, it } from '@jest/globals';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { toText } from '../../src/backup/byte-path.ts';
import { listScope } from '../../src/backup/list-tree.ts';
import { parseMounts, type Mounts } from '../../src/backup/mounts.ts';
import { resolveScope, type Scope } from '../../src/backup/scope.ts';
import { testHost, type TestHost } from './support/trees.ts';

type Wanted = {
  trees?: string[];
  paths?: string[];
  added?: string[];
  policyPaths?: string[];
  excluded?: string[];
};

async function resolve(host: TestHost, wanted: Wanted): Promise<Scope> {
  const { trees = [], paths = [], added = [], policyPaths = [], excluded = [] } = wanted;
  return resolveScope(host.root, { footprint: { trees, paths, added }, policyPaths, excluded });
}

async function list(host: TestHost, wanted: Wanted, mounts: Mounts = new Map()): Promise<string[]> {
  const scope = await resolve(host, wanted);
  return (await listScope(host.root, scope, mounts)).map(toText);
}

function merged(): TestHost {
  const host = testHost({ '/usr/lib/a.so': 'a', '/usr/bin/tool': 't' });
  symlinkSync('usr/lib', host.at('/lib'));
  symlinkSync('usr/bin', host.at('/bin'));
  return host;
}

describe('A scope', () => {
  it('has the real place of a path whose directory is a symbolic link, as /lib is after the /usr merge', async () => {
    expect((await resolve(merged(), { paths: ['/lib/a.so', '/bin/tool'] })).paths).toEqual(
      expect.arrayContaining(['/usr/lib/a.so', '/usr/bin/tool']),
    );
  });

  it('has a link that a package owns as the link that it is', async () => {
    const listed = await list(merged(), { paths: ['/lib'] });
    expect(listed).toEqual(['/', '/lib']);
  });

  it('covers a tree whole, and of single directories only themselves', async () => {
    const host = testHost({ '/tree/deep/a': 'a', '/single/b': 'b' });
    expect(await list(host, { trees: ['/tree'], paths: ['/single'] })).toEqual([
      '/',
      '/single',
      '/tree',
      '/tree/deep',
      '/tree/deep/a',
    ]);
  });

  it('covers every directory above a path, so that it can be made again', async () => {
    const host = testHost({ '/a/b/c/file': 'x' });
    expect(await list(host, { paths: ['/a/b/c/file'] })).toEqual([
      '/',
      '/a',
      '/a/b',
      '/a/b/c',
      '/a/b/c/file',
    ]);
  });

  it('names what does not exist now as absent, below the part of it that does', async () => {
    const host = merged();
    const { absent } = await resolve(host, {
      paths: ['/lib/gone'],
      added: ['/bin/new', '/lib/x/y'],
    });
    expect(absent).toEqual(['/usr/bin/new', '/usr/lib/gone', '/usr/lib/x/y']);
  });

  it("names what would lie below a package's link, if that became a directory, as absent too", async () => {
    const host = merged();
    mkdirSync(host.at('/usr/share/doc/bar/sub'), { recursive: true });
    symlinkSync('bar', host.at('/usr/share/doc/foo'));
    symlinkSync('../share', host.at('/usr/lib/own'));
    const scope = await resolve(host, {
      paths: ['/lib', '/usr/share/doc/foo', '/lib/own'],
      added: ['/usr/share/doc/foo/sub', '/usr/share/doc/foo/sub/new', '/lib/own/x', '/lib/x'],
    });
    expect(scope.absent).toEqual([
      '/usr/lib/own/x',
      '/usr/lib/x',
      '/usr/share/doc/bar/sub/new',
      '/usr/share/doc/foo/sub',
      '/usr/share/doc/foo/sub/new',
      '/usr/share/x',
    ]);
    expect(scope.paths).toContain('/usr/share/doc/foo');
  });

  it('never takes something that exists for added', async () => {
    const scope = await resolve(merged(), { added: ['/usr/bin/tool'] });
    expect(scope.absent).toEqual([]);
    expect(scope.paths).toContain('/usr/bin/tool');
  });

  it('has each tree once, and nothing singly that lies in one', async () => {
    const host = testHost({ '/etc/a': 'a', '/etc/x/b': 'b' });
    const scope = await resolve(host, {
      trees: ['/etc/x', '/etc'],
      paths: ['/etc/a'],
      added: ['/etc/new'],
    });
    expect(scope).toMatchObject({ trees: ['/etc'], paths: ['/'], absent: [] });
  });

  it('remembers a tree that does not exist yet', async () => {
    expect((await resolve(merged(), { trees: ['/lib/modules/6'] })).trees).toEqual([
      '/usr/lib/modules/6',
    ]);
  });

  it('leaves out what is excluded, wherever it is named', async () => {
    const host = testHost({ '/var/lib/own/secret': 's', '/var/lib/other': 'o', '/run/x': 'x' });
    symlinkSync('lib/own', host.at('/var/own'));
    const listed = await list(host, {
      trees: ['/var'],
      paths: ['/run/x', '/var/own/secret'],
      excluded: ['/var/own/', '/var/lib/own', '/run'],
    });
    expect(listed).toEqual(['/', '/var', '/var/lib', '/var/lib/other', '/var/own']);
  });

  it("covers a policy's directory whole and a policy's file singly", async () => {
    const host = testHost({ '/srv/shop/config/a': 'a', '/srv/one': '1', '/srv/two': '2' });
    expect(await list(host, { policyPaths: ['/srv/shop/config', '/srv/one'] })).toEqual([
      '/',
      '/srv',
      '/srv/one',
      '/srv/shop',
      '/srv/shop/config',
      '/srv/shop/config/a',
    ]);
  });

  it("leaves a policy's path alone that does not exist", async () => {
    const scope = await resolve(testHost(), { policyPaths: ['/srv/not/yet'] });
    expect(scope).toMatchObject({ trees: [], absent: [] });
  });

  it("refuses a policy's path that is a symbolic link, and says what to name instead", async () => {
    const host = testHost({ '/data/config/a': 'a' });
    mkdirSync(host.at('/srv'));
    symlinkSync('../data/config', host.at('/srv/config'));
    await expect(resolve(host, { policyPaths: ['/srv/config'] })).rejects.toMatchObject({
      type: 'BadInput',
      message: expect.stringContaining('/srv/config is a symbolic link'),
    });
  });

  it('refuses links that go in circles above a path', async () => {
    const host = testHost();
    symlinkSync('two', host.at('/one'));
    symlinkSync('one', host.at('/two'));
    await expect(resolve(host, { paths: ['/one/file'] })).rejects.toMatchObject({
      type: 'BackupUnverifiable',
    });
  });

  it('does not list sockets, which are nothing without their process', async () => {
    const host = testHost({ '/tree/file': 'x' });
    const server = createServer().listen(host.at('/tree/socket'));
    await new Promise<void>((resolved) => server.once('listening', () => resolved()));
    expect(await list(host, { trees: ['/tree'], paths: ['/tree/socket'] })).toEqual([
      '/',
      '/tree',
      '/tree/file',
    ]);
    server.close();
  });

  it("does not go into another file system that is not the host's own disk", async () => {
    const host = testHost({ '/tree/memory/x': 'x', '/tree/disk/y': 'y', '/tree/resolv.conf': 'z' });
    const mounts: Mounts = new Map([
      [host.at('/tree/memory'), { onDevice: false }],
      [host.at('/tree/disk'), { onDevice: true }],
      [host.at('/tree/resolv.conf'), { onDevice: true }],
    ]);
    expect(await list(host, { trees: ['/tree'] }, mounts)).toEqual([
      '/',
      '/tree',
      '/tree/disk',
      '/tree/disk/y',
    ]);
  });
});

describe('Mounts', () => {
  const FILE_SYSTEMS =
    'nodev\tproc\nnodev\ttmpfs\nnodev\tfuse\nnodev\toverlay\n\text4\n\tvfat\n\tfuseblk\n';

  it('are told apart by whether their file system lies on a device of the host', () => {
    const mountinfo = [
      '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
      '23 22 0:21 / /proc rw,nosuid shared:2 - proc proc rw',
      '24 22 8:1 / /boot/efi rw shared:3 master:7 - vfat /dev/sda1 rw',
      '25 22 0:40 / /srv/a\\040b rw - fuse.sshfs host:/ rw',
      '26 22 0:41 / /container rw - overlay overlay rw',
      '27 22 8:2 / /mnt rw - fuseblk /dev/sda2 rw',
      '28 27 0:42 / /mnt rw - tmpfs tmpfs rw',
      '',
    ].join('\n');
    expect([...parseMounts(mountinfo, FILE_SYSTEMS)]).toEqual([
      ['/', { onDevice: true }],
      ['/proc', { onDevice: false }],
      ['/boot/efi', { onDevice: true }],
      ['/srv/a b', { onDevice: false }],
      ['/container', { onDevice: true }],
      ['/mnt', { onDevice: false }],
    ]);
  });
});
