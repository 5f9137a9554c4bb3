import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { withBackup } from '../../src/backup/record.ts';
import { restoreFrom } from '../../src/backup/restore.ts';
import { backUp, CYCLE, prove, putBack, testHost, tools } from './support/trees.ts';

describe('A restore', () => {
  it('deletes what the change added, and whatever else appeared in a tree', async () => {
    const host = testHost({ '/covered/a': 'a', '/usr/bin/old': 'o' });
    const record = await backUp(host, {
      paths: ['/usr/bin/old'],
      added: ['/usr/bin/new', '/usr/share/doc/new', '/usr/share/doc/new/readme'],
    });
    mkdirSync(host.at('/usr/share/doc/new'), { recursive: true });
    writeFileSync(host.at('/usr/share/doc/new/readme'), 'r');
    writeFileSync(host.at('/usr/bin/new'), 'n');
    mkdirSync(host.at('/covered/appeared/deep'), { recursive: true });
    symlinkSync('/usr', host.at('/covered/appeared/deep/link'));
    expect(await putBack(host, record)).toEqual({ restored: 0, deleted: 6 });
    expect(readdirSync(host.at('/usr/bin'))).toEqual(['old']);
    expect(readdirSync(host.at('/usr/share/doc'))).toEqual([]);
    expect(readdirSync(host.at('/covered'))).toEqual(['a']);
    expect(await prove(host, record)).toMatchObject({ exact: true, leftFilled: [] });
  });

  it('leaves everything outside of its scope as users have made it since', async () => {
    const host = testHost({ '/covered/a': 'a', '/usr/bin/old': 'o', '/srv/db/data': 'before' });
    const record = await backUp(host, { paths: ['/usr/bin/old'] });
    writeFileSync(host.at('/covered/a'), 'patched');
    writeFileSync(host.at('/srv/db/data'), 'written by a user since');
    writeFileSync(host.at('/usr/bin/own-script'), 'mine');
    mkdirSync(host.at('/home/new'), { recursive: true });
    await putBack(host, record);
    expect(readFileSync(host.at('/srv/db/data'), 'utf8')).toBe('written by a user since');
    expect(readFileSync(host.at('/usr/bin/own-script'), 'utf8')).toBe('mine');
    expect(existsSync(host.at('/home/new'))).toBe(true);
  });

  it('leaves a directory of the change into which something was written since, and says so', async () => {
    const host = testHost({ '/covered/a': 'a', '/var/lib/': '' });
    const record = await backUp(host, { added: ['/var/lib/new', '/var/lib/new/shipped'] });
    mkdirSync(host.at('/var/lib/new'));
    writeFileSync(host.at('/var/lib/new/shipped'), 's');
    writeFileSync(host.at('/var/lib/new/of-a-user'), 'u');
    await putBack(host, record);
    expect(readdirSync(host.at('/var/lib/new'))).toEqual(['of-a-user']);
    expect(await prove(host, record)).toMatchObject({ exact: true, leftFilled: ['/var/lib/new'] });
  });

  it('never removes a link to a directory that stands for a merged one', async () => {
    const host = testHost({ '/usr/lib/a.so': 'old' });
    symlinkSync('usr/lib', host.at('/lib'));
    const record = await backUp(host, { paths: ['/lib', '/lib/a.so'], added: ['/lib/b.so'] });
    writeFileSync(host.at('/lib/a.so'), 'new');
    writeFileSync(host.at('/lib/b.so'), 'added');
    await putBack(host, record);
    expect(readlinkSync(host.at('/lib'))).toBe('usr/lib');
    expect(readFileSync(host.at('/lib/a.so'), 'utf8')).toBe('old');
    expect(readdirSync(host.at('/usr/lib'))).toEqual(['a.so']);
  });

  it('refuses when a directory that it does not cover whole became a link, and touches nothing', async () => {
    const host = testHost({ '/lib/a.so': 'old', '/lib/of-others': 'x', '/usr/': '' });
    const record = await backUp(host, { paths: ['/lib/a.so'] });
    renameSync(host.at('/lib'), host.at('/usr/lib'));
    symlinkSync('usr/lib', host.at('/lib'));
    writeFileSync(host.at('/covered'), 'became a file');
    await expect(putBack(host, record)).rejects.toMatchObject({
      type: 'RestoreIncomplete',
      details: {
        findings: [expect.stringMatching(/^\/lib was a directory and is a symbolic link now\./)],
      },
    });
    expect(readlinkSync(host.at('/lib'))).toBe('usr/lib');
    expect(readFileSync(host.at('/covered'), 'utf8')).toBe('became a file');
  });

  it('puts a directory back that a package had turned into a link, when all that was in it is covered', async () => {
    const host = testHost({ '/usr/share/doc/p/readme': 'r' });
    const record = await backUp(host, { paths: ['/usr/share/doc/p', '/usr/share/doc/p/readme'] });
    rmSync(host.at('/usr/share/doc/p'), { recursive: true });
    symlinkSync('../man', host.at('/usr/share/doc/p'));
    await putBack(host, record);
    expect(readFileSync(host.at('/usr/share/doc/p/readme'), 'utf8')).toBe('r');
    expect((await prove(host, record)).exact).toBe(true);
  });

  it('puts a link back that a package had turned into a directory', async () => {
    const host = testHost({ '/usr/share/doc/bar/readme': 'r' });
    symlinkSync('bar', host.at('/usr/share/doc/foo'));
    const record = await backUp(host, {
      paths: ['/usr/share/doc/foo', '/usr/share/doc/bar', '/usr/share/doc/bar/readme'],
      added: ['/usr/share/doc/foo/readme', '/usr/share/doc/foo/sub', '/usr/share/doc/foo/sub/new'],
    });
    expect((await prove(host, record)).exact).toBe(true);
    rmSync(host.at('/usr/share/doc/foo'));
    mkdirSync(host.at('/usr/share/doc/foo/sub'), { recursive: true });
    writeFileSync(host.at('/usr/share/doc/foo/readme'), 'n');
    writeFileSync(host.at('/usr/share/doc/foo/sub/new'), 'n');
    await putBack(host, record);
    expect(readlinkSync(host.at('/usr/share/doc/foo'))).toBe('bar');
    expect(readFileSync(host.at('/usr/share/doc/foo/readme'), 'utf8')).toBe('r');
    expect((await prove(host, record)).exact).toBe(true);
  });

  it('writes and deletes nothing through a link that was put in the place of a directory', async () => {
    const host = testHost({ '/covered/d/a': 'old', '/opt/p/a': 'old', '/victim/a': 'victim' });
    const record = await backUp(host, {
      paths: ['/opt/p', '/opt/p/a'],
      added: ['/opt/p/b', '/opt/new', '/opt/new/a'],
    });
    for (const path of ['/covered/d', '/opt/p']) {
      rmSync(host.at(path), { recursive: true });
      symlinkSync(host.at('/victim'), host.at(path));
    }
    symlinkSync(host.at('/victim'), host.at('/opt/new'));
    writeFileSync(host.at('/victim/b'), 'victim');
    await putBack(host, record);
    expect(readFileSync(host.at('/victim/a'), 'utf8')).toBe('victim');
    expect(readFileSync(host.at('/victim/b'), 'utf8')).toBe('victim');
    expect(readFileSync(host.at('/covered/d/a'), 'utf8')).toBe('old');
    expect(readFileSync(host.at('/opt/p/a'), 'utf8')).toBe('old');
    expect(existsSync(host.at('/opt/new'))).toBe(false);
  });

  it('replaces a program that runs', async () => {
    const host = testHost({ '/covered/': '' });
    const program = host.at('/covered/program');
    copyFileSync('/bin/sleep', program);
    const record = await backUp(host);
    rmSync(program);
    copyFileSync('/bin/cat', program);
    chmodSync(program, 0o755);
    const running = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(running, 'spawn');
    expect(() => writeFileSync(program, 'x')).toThrow('ETXTBSY');
    await putBack(host, record);
    running.stdin.end('still alive');
    const [said] = (await once(running.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('still alive');
    expect(readFileSync(program).equals(readFileSync('/bin/sleep'))).toBe(true);
    expect((await prove(host, record)).exact).toBe(true);
  });

  it('replaces a file by another one, so that who has it open keeps what he reads', async () => {
    const host = testHost({ '/covered/a': 'old' });
    const record = await backUp(host);
    writeFileSync(host.at('/covered/a'), 'new');
    const { ino } = lstatSync(host.at('/covered/a'));
    await putBack(host, record);
    expect(lstatSync(host.at('/covered/a')).ino).not.toBe(ino);
  });

  it('does not write again what is as it was', async () => {
    const host = testHost({ '/covered/a': 'a', '/covered/b': 'b' });
    const record = await backUp(host);
    const { ino, ctimeMs } = lstatSync(host.at('/covered/b'));
    writeFileSync(host.at('/covered/a'), 'changed');
    expect(await putBack(host, record)).toEqual({ restored: 1, deleted: 0 });
    expect(lstatSync(host.at('/covered/b'))).toMatchObject({ ino, ctimeMs });
  });

  it('leaves sockets in directories that were there, and deletes them with those that were not', async () => {
    const host = testHost({ '/covered/was-there/a': 'a' });
    const record = await backUp(host);
    mkdirSync(host.at('/covered/added'));
    const servers = ['/covered/was-there/s', '/covered/added/s'].map((path) =>
      createServer().listen(host.at(path)),
    );
    await Promise.all(servers.map((server) => once(server, 'listening')));
    await putBack(host, record);
    expect(readdirSync(host.at('/covered/was-there'))).toEqual(['a', 's']);
    expect(existsSync(host.at('/covered/added'))).toBe(false);
    for (const server of servers) server.close();
  });

  it('puts a file back where a socket took its place', async () => {
    const host = testHost({ '/covered/a': 'a' });
    const record = await backUp(host);
    rmSync(host.at('/covered/a'));
    const server = createServer().listen(host.at('/covered/a'));
    await once(server, 'listening');
    await putBack(host, record);
    expect(readFileSync(host.at('/covered/a'), 'utf8')).toBe('a');
    server.close();
  });

  it('touches nothing and says that room is wanted when not even its note fits on the disk', async () => {
    const host = testHost({ '/covered/a': 'a' });
    const { archiveSha256 } = await backUp(host);
    writeFileSync(host.at('/covered/a'), 'changed');
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const restoring = withBackup(host.backup, { cycle: CYCLE, archiveSha256 }, (opened) =>
      restoreFrom(opened, host.root, tools, () => Promise.reject(full)),
    );
    await expect(restoring).rejects.toMatchObject({ type: 'NotEnoughSpace' });
    expect(readFileSync(host.at('/covered/a'), 'utf8')).toBe('changed');
    expect(readdirSync(host.at('/'))).toEqual(['covered']);
  });

  it('leaves nothing of its own behind', async () => {
    const host = testHost({ '/covered/a': 'a' });
    const record = await backUp(host);
    mkdirSync(host.at('/.patchcycle-restore-0123456789ab/covered'), {
      recursive: true,
      mode: 0o700,
    });
    writeFileSync(host.at('/covered/a'), 'changed');
    await putBack(host, record);
    expect(readdirSync(host.at('/'))).toEqual(['covered']);
  });

  it('does not delete the directory of somebody else that is named like its own', async () => {
    const host = testHost({ '/covered/a': 'a' });
    const record = await backUp(host);
    mkdirSync(host.at('/.patchcycle-restore-0123456789ab'));
    chmodSync(host.at('/.patchcycle-restore-0123456789ab'), 0o755);
    await putBack(host, record);
    expect(existsSync(host.at('/.patchcycle-restore-0123456789ab'))).toBe(true);
  });
});

describe('The proof', () => {
  it('tells each difference in a sentence', async () => {
    const host = testHost({
      '/covered/content': 'old',
      '/covered/mode': 'm',
      '/covered/gone': 'g',
      '/covered/kind': 'k',
    });
    symlinkSync('old', host.at('/covered/link'));
    const record = await backUp(host, { added: ['/usr/new'] });
    writeFileSync(host.at('/covered/content'), 'newer');
    chmodSync(host.at('/covered/mode'), 0o4755);
    chmodSync(host.at('/covered'), 0o700);
    for (const name of ['gone', 'kind', 'link']) rmSync(host.at(`/covered/${name}`));
    mkdirSync(host.at('/covered/kind'));
    symlinkSync('new', host.at('/covered/link'));
    mkdirSync(host.at('/usr'));
    writeFileSync(host.at('/usr/new'), 'n');
    writeFileSync(host.at('/covered/extra'), 'e');
    const proof = await prove(host, record);
    expect(proof.exact).toBe(false);
    expect(proof.differences).toEqual([
      '/covered has the mode 0700 instead of 0755.',
      expect.stringMatching(/^\/covered\/content has another content, has another size/),
      '/covered/extra was added.',
      '/covered/gone is missing.',
      '/covered/kind was a file and is a directory now.',
      expect.stringMatching(/^\/covered\/link points elsewhere/),
      '/covered/mode has the mode 4755 instead of 0644.',
      '/usr/new was added.',
    ]);
  });

  it('tells fifty differences at most and counts the others', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `/covered/${index}`);
    const host = testHost(Object.fromEntries(names.map((name) => [name, 'x'])));
    const record = await backUp(host);
    for (const name of names) rmSync(host.at(name));
    const { differences, exact } = await prove(host, record);
    expect(exact).toBe(false);
    expect(differences).toHaveLength(50);
    expect(differences.at(-1)).toBe('11 more paths differ.');
  });

  it('finds a change of content behind an unchanged size and time of modification', async () => {
    const host = testHost({ '/covered/a': 'old' });
    utimesSync(host.at('/covered/a'), 1_000, 1_000);
    const record = await backUp(host);
    writeFileSync(host.at('/covered/a'), 'new');
    utimesSync(host.at('/covered/a'), 1_000, 1_000);
    expect((await prove(host, record)).differences).toEqual(['/covered/a has another content.']);
  });

  it('tells files that were written again with the same content, and does not call them different', async () => {
    const host = testHost({ '/covered/a': 'same' });
    const record = await backUp(host);
    utimesSync(host.at('/covered/a'), 1_000, 1_000);
    expect(await prove(host, record)).toMatchObject({ exact: true, writtenAgain: ['/covered/a'] });
  });
});
