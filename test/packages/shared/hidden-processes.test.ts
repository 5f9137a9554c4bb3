import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const PROGRAM = [process.execPath, join(import.meta.dirname, 'support/look-at-processes.ts')];

/** Root without capabilities may no more look at the processes of others than another user may. */
const UNPRIVILEGED =
  process.getuid?.() === 0
    ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--', ...PROGRAM]
    : PROGRAM;

describe('whoever may not look at some processes', () => {
  it('cannot say whether a reboot is needed, and says so, instead of failing or saying no', async () => {
    const [program = '', ...args] = UNPRIVILEGED;
    const { stdout } = await promisify(execFile)(program, args);
    const hidden = {
      answer: 'unknown',
      reason: expect.stringMatching(/processes may not be looked at \(pid \d+/),
    };
    const { expected, required, afterRestore } = JSON.parse(stdout) as Record<string, unknown>;
    expect(expected).toEqual(hidden);
    expect(afterRestore).toEqual(hidden);
    // A process that may be looked at and runs old code says yes for all.
    expect(required).toMatchObject({ answer: expect.stringMatching(/^(?:unknown|yes)$/) });
  });
});
