import { describe, expect, it } from '@jest/globals';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writePrivately } from '../../src/cli/write-file.ts';
import { temporaryDirectory } from '../host/support/temporary.ts';

describe('what tells what is installed on hosts', () => {
  it('is written for its owner alone, also over a file that everybody could read', async () => {
    const file = join(await temporaryDirectory(), 'audit.csv');
    await writeFile(file, 'an earlier and longer audit', { mode: 0o644 });
    await writePrivately(file, 'audit', 'The audit');
    expect(await readFile(file, 'utf8')).toBe('audit');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('may go where there is no file', async () => {
    await expect(writePrivately('/dev/null', 'audit', 'The audit')).resolves.toBeUndefined();
    await expect(writePrivately('/nonexistent/a', 'audit', 'The audit')).rejects.toMatchObject({
      name: 'BadRequest',
      message: expect.stringMatching(/^The audit could not be written: .*ENOENT/),
    });
  });
});
