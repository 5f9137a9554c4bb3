import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openJournal } from '../../src/host/journal.ts';
import { temporaryDirectory } from './support/temporary.ts';

async function freshJournal() {
  return openJournal(join(await temporaryDirectory(), 'cycle'));
}

describe('a journal', () => {
  it('answers what was written, also to the next agent', async () => {
    const journal = await freshJournal();
    await journal.write('plan', { changes: [1, 2] });
    const next = await openJournal(journal.directory);
    expect(await next.read('plan')).toEqual({ changes: [1, 2] });
    expect((await stat(join(journal.directory, 'plan.json'))).mode & 0o777).toBe(0o600);
  });

  it('has nothing where nothing was written', async () => {
    expect(await (await freshJournal()).read('plan')).toBeUndefined();
  });

  it.each(['../plan', 'a/b', '.hidden', 'Plan', '', 'plan.json', '-x', 'x'.repeat(101)])(
    'refuses the name %j',
    async (name) => {
      const journal = await freshJournal();
      await expect(journal.write(name, 1)).rejects.toThrow('no name for a journal entry');
      await expect(journal.read(name)).rejects.toThrow('no name for a journal entry');
      expect(await readdir(journal.directory)).toEqual([]);
    },
  );

  it('does work once and answers its recorded result afterwards', async () => {
    const journal = await freshJournal();
    let runs = 0;
    const work = async () => ({ run: (runs += 1) });
    expect(await journal.once('install', work)).toEqual({ run: 1 });
    expect(await (await openJournal(journal.directory)).once('install', work)).toEqual({ run: 1 });
    expect(runs).toBe(1);
  });

  it('does work without a result once, too', async () => {
    const journal = await freshJournal();
    let runs = 0;
    const work = async () => void (runs += 1);
    await journal.once('hook', work);
    await journal.once('hook', work);
    expect(runs).toBe(1);
  });

  it('records nothing of work that failed', async () => {
    const journal = await freshJournal();
    const failing = () => Promise.reject(new Error('no'));
    await expect(journal.once('install', failing)).rejects.toThrow('no');
    expect(await journal.once('install', async () => 'done')).toBe('done');
  });
});
