import { describe, expect, it } from '@jest/globals';
import type { HostTools } from '../../../src/host/tools.ts';
import { refresh } from '../../../src/packages/apt/refresh.ts';
import { APT_SETTINGS } from '../../../src/packages/apt/settings.ts';

const LOST =
  'E: Could not get lock /var/lib/apt/lists/lock. It is held by process 812 (apt-get)\nE: Unable to lock directory /var/lib/apt/lists/\n';

describe('refreshing the lists', () => {
  it('does not ask apt without a pause while somebody holds a lock that cannot be seen', async () => {
    let asked = 0;
    const tools: HostTools = {
      run: (argv) => {
        asked += 1;
        const result = { argv, exitCode: 100, signal: null, stdout: '', stderr: LOST };
        return Promise.resolve({ ...result, durationMs: 1, timedOut: false, truncated: false });
      },
      runJob: () => Promise.reject(new Error('no job was expected')),
      progress: () => {},
    };
    const refreshing = refresh(tools, { ...APT_SETTINGS, lockWaitMs: 1_500 });
    await expect(refreshing).rejects.toMatchObject({ type: 'PackageLockHeld' });
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThan(5);
  });
});
