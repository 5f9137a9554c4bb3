import { describe, expect, it } from '@jest/globals';
import { inspect } from '../../../src/packages/dnf/inspect.ts';
import { answering, DIALECTS } from './fixture.ts';

describe.each(DIALECTS)('Inspecting a host of %s', (_, dialect) => {
  it('gets along without any lists: the plan comes after a refresh and asks again', async () => {
    const tools = answering((argv) => {
      if (argv[0] === 'rpm') return { stdout: 'app|noarch|0|1|1|6|1\n' };
      if (argv[0] === 'systemctl') return { stdout: '' };
      const cachedir = dialect.name === 'dnf4' ? 'cachedir: ' : 'cachedir = ';
      const stderr = "Error: Cache-only enabled but no cache for 'lab'\n";
      return argv.includes('repoquery')
        ? { exitCode: 1, stderr }
        : { exitCode: 1, stdout: `${cachedir}/var/cache/dnf\n`, stderr };
    });
    expect(await inspect(tools, dialect)).toMatchObject({
      held: [],
      cacheDirectory: '/var/cache/dnf',
    });
  });
});
