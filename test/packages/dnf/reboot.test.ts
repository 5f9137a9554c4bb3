import { describe, expect, it } from '@jest/globals';
import { askNeedsRestarting } from '../../../src/packages/dnf/reboot.ts';
import { answering, DIALECTS, fixture, type Answer } from './fixture.ts';

describe.each(DIALECTS)('needs-restarting of %s', (_, dialect) => {
  const ask = (answer: Answer) =>
    askNeedsRestarting(
      answering(() => answer),
      dialect,
    );

  it('is a yes with the packages that it names', async () => {
    const stdout = fixture(dialect, 14, 'needs-restarting');
    expect(await ask({ exitCode: 1, stdout })).toEqual(['dnf needs-restarting names kernel']);
  });

  it('is a no when it ends with 0', async () => {
    expect(await ask({ exitCode: 0 })).toEqual([]);
  });

  it('is not asked for where it is not installed', async () => {
    const missing = fixture(dialect, 15, 'nosuchcommand', 'stderr');
    const stderr = missing.replaceAll('nosuchcommand', 'needs-restarting');
    expect(await ask({ exitCode: dialect.name === 'dnf4' ? 1 : 2, stderr })).toEqual([]);
  });

  it('is asked without the lists where there are none yet', async () => {
    const stderr = 'Cache-only enabled but no cache for repository "lab"\n';
    const tools = answering((argv) =>
      argv.includes('--disablerepo=*')
        ? { exitCode: 1, stdout: fixture(dialect, 14, 'needs-restarting') }
        : { exitCode: 1, stderr },
    );
    const reasons = await askNeedsRestarting(tools, dialect);
    expect(reasons).toEqual(['dnf needs-restarting names kernel']);
  });

  it('is no yes when it fails', async () => {
    await expect(ask({ exitCode: 1, stderr: 'Error: no more memory\n' })).rejects.toThrow(
      'dnf needs-restarting failed: Error: no more memory',
    );
  });
});
