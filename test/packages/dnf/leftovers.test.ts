import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { removeLeftovers } from '../../../src/packages/dnf/leftovers.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';

it("What a cut-off run has left of a plan's files under rpm's own names is removed, and nothing else", async () => {
  const directory = await temporaryDirectory();
  const names = ['web', 'web;6a1f00c2', 'web;notes', 'other;6a1f00c2', 'web;6a1f00c2.bak'];
  for (const name of names) await writeFile(join(directory, name), '');
  await mkdir(join(directory, 'sub'));
  await writeFile(join(directory, 'sub', 'new;6a1f00c2'), '');
  await removeLeftovers([
    { path: directory, isDirectory: true },
    { path: join(directory, 'web'), isDirectory: false },
    { path: join(directory, 'sub', 'new'), isDirectory: false },
    { path: join(directory, 'not-made', 'x'), isDirectory: false },
  ]);
  expect((await readdir(directory)).toSorted()).toEqual([
    'other;6a1f00c2',
    'sub',
    'web',
    'web;6a1f00c2.bak',
    'web;notes',
  ]);
  expect(await readdir(join(directory, 'sub'))).toEqual([]);
});
