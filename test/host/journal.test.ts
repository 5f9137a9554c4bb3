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
});
