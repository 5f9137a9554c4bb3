import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { exchanges, settleConfigFiles } from '../../../src/packages/dnf/config-files.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';

let directory: string;
beforeEach(async () => {
  directory = await temporaryDirectory();
});

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(directory, name), text);
  return join(directory, name);
}

async function files(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(directory)).toSorted()) {
    found[name] = await readFile(join(directory, name), 'utf8');
  }
  return found;
}

describe('An edited configuration file after an update', () => {
  it("is the administrator's with the policy keep, whatever its package says", async () => {
    await write('web.conf', 'new');
    const aside = await write('web.conf.rpmsave', 'mine');
    await settleConfigFiles([aside], 'keep');
    expect(await files()).toEqual({ 'web.conf': 'mine', 'web.conf.rpmnew': 'new' });
    await settleConfigFiles([`${join(directory, 'web.conf')}.rpmnew`], 'keep');
    expect(await files()).toEqual({ 'web.conf': 'mine', 'web.conf.rpmnew': 'new' });
  });

  it("is the package's with the policy replace, whatever its package says", async () => {
    await write('web.conf', 'mine');
    const aside = await write('web.conf.rpmnew', 'new');
    await settleConfigFiles([aside], 'replace');
    expect(await files()).toEqual({ 'web.conf': 'new', 'web.conf.rpmsave': 'mine' });
  });

  it('is there at every moment: a crash in the middle leaves what a second run completes', async () => {
    await write('web.conf', 'new');
    await write('web.conf.rpmnew', 'new');
    const aside = await write('web.conf.rpmsave', 'mine');
    await settleConfigFiles([aside], 'keep');
    expect(await files()).toEqual({ 'web.conf': 'mine', 'web.conf.rpmnew': 'new' });
  });

  it('stays aside where the package has it no more', async () => {
    const aside = await write('web.conf.rpmsave', 'mine');
    await mkdir(join(directory, 'site.conf'));
    const other = await write('site.conf.rpmsave', 'mine');
    await settleConfigFiles([aside, other], 'keep');
    expect((await readdir(directory)).toSorted()).toEqual([
      'site.conf',
      'site.conf.rpmsave',
      'web.conf.rpmsave',
    ]);
  });

  it("is never replaced where it holds the host's users and disks, which a package owns too", () => {
    const aside = ['/etc/passwd.rpmnew', '/etc/fstab.rpmnew', '/etc/web.conf.rpmnew'];
    expect(exchanges(aside, 'replace')).toEqual([
      { inUse: '/etc/web.conf', aside: '/etc/web.conf.rpmnew', other: '.rpmsave' },
    ]);
    expect(exchanges(['/etc/passwd.rpmsave'], 'keep')).toHaveLength(1);
  });
});
