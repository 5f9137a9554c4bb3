import { describe, expect, it } from '@jest/globals';
import { readFailedUnits } from '../../src/host/systemd.ts';
import type { RunCommand } from '../../src/host/tools.ts';

function answering(exitCode: number | null, stdout: string, stderr = ''): RunCommand {
  return (argv) =>
    Promise.resolve({
      ...{ argv, exitCode, signal: null, stdout, stderr },
      ...{ durationMs: 1, timedOut: false, truncated: false },
    });
}

const booted = () => Promise.resolve(true);

describe('readFailedUnits', () => {
  it('names the units that systemd names', async () => {
    const run = answering(0, 'web.service loaded failed failed Web\n');
    expect(await readFailedUnits(run, booted)).toEqual(['web.service']);
  });

  it('names none where systemd does not run the host', async () => {
    expect(await readFailedUnits(answering(1, ''), () => Promise.resolve(false))).toEqual([]);
  });

  it('does not take a systemd that gives no answer for one without failed units', async () => {
    const run = answering(1, '', 'Failed to connect to bus: Connection refused\n');
    await expect(readFailedUnits(run, booted)).rejects.toMatchObject({
      type: 'CommandFailed',
      message: expect.stringContaining('failed units'),
    });
  });
});
