import { describe, expect, it } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backUp, prove, putBack, testHost, type TestHost } from './support/trees.ts';

/** A tree of a few hundred files, so that a restore takes long enough to be killed in its middle. */
function tree(): TestHost {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, index) => [
      `/covered/${index % 20}/${index}`,
      Buffer.alloc(20_000, `old ${index}`),
    ]),
  );
  const host = testHost({ ...files, '/users/data': 'before' });
  linkSync(host.at('/covered/0/0'), host.at('/covered/1/linked'));
  symlinkSync('../0/0', host.at('/covered/1/symbolic'));
  return host;
}

/** What an update does, to everything at once: other content, new files, files gone, kinds changed. */
function change(host: TestHost): void {
  for (let index = 0; index < 400; index += 1) {
    const path = host.at(`/covered/${index % 20}/${index}`);
    if (index % 4 === 0) continue;
    rmSync(path);
    if (index % 4 === 1) writeFileSync(path, Buffer.alloc(25_000, `new ${index}`));
    if (index % 8 === 2) mkdirSync(join(path, 'in'), { recursive: true });
    if (index % 8 === 6) symlinkSync('../0', path);
    writeFileSync(`${path}.added`, 'added');
  }
  rmSync(host.at('/covered/7'), { recursive: true });
  chmodSync(host.at('/covered/3'), 0o700);
  writeFileSync(host.at('/users/data'), 'since');
}

/** Starts a restore in a process of its own and kills it after so many milliseconds. True if it was killed in its middle. */
async function killedAfter(
  host: TestHost,
  archiveSha256: string,
  lengthMs: number,
): Promise<boolean> {
  const child = fork(
    join(import.meta.dirname, 'support/restorer.ts'),
    [host.at('/'), host.backup, archiveSha256],
    { execArgv: [] },
  );
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  await once(child, 'message');
  await sleep(lengthMs);
  child.kill('SIGKILL');
  const [, signal] = await exited;
  return signal === 'SIGKILL';
}

/** A small generator with a seed, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

describe('A restore that is killed', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'at random points again and again comes to the same end when it is run once more (seed %i)',
    async (seed) => {
      const next = random(seed);
      const host = tree();
      const record = await backUp(host);
      change(host);
      let killed = 0;
      for (let round = 0; round < 3; round += 1) {
        if (await killedAfter(host, record.archiveSha256, next() * 350)) killed += 1;
      }
      expect(killed).toBeGreaterThan(0);
      await putBack(host, record);
      expect(await prove(host, record)).toMatchObject({
        exact: true,
        differences: [],
        writtenAgain: [],
      });
      expect(readdirSync(host.at('/')).sort()).toEqual(['covered', 'users']);
      expect(readFileSync(host.at('/users/data'), 'utf8')).toBe('since');
    },
    60_000,
  );

  it('never leaves a file that is neither the old nor the new one', async () => {
    const host = tree();
    const record = await backUp(host);
    change(host);
    const next = random(99);
    for (let round = 0; round < 6; round += 1) {
      await killedAfter(host, record.archiveSha256, next() * 300);
      for (let index = 1; index < 400; index += 4) {
        const path = host.at(`/covered/${index % 20}/${index}`);
        if (!existsSync(path)) continue;
        const content = readFileSync(path);
        const isOld = content.equals(Buffer.alloc(20_000, `old ${index}`));
        const isNew = content.equals(Buffer.alloc(25_000, `new ${index}`));
        expect({ index, whole: isOld || isNew }).toEqual({ index, whole: true });
      }
    }
  }, 60_000);
});
