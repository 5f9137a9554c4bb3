import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Argv } from '../../../src/host/tools.ts';
import type { Dialect } from '../../../src/packages/dnf/dialects/dialect.ts';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { dnf5 } from '../../../src/packages/dnf/dialects/dnf5.ts';
import { readHeld } from '../../../src/packages/dnf/held.ts';
import { answering, fixture, type Answer } from './fixture.ts';

const OFFERED = 'app|noarch|2-1\nlocked|noarch|2-1\nbroke|noarch|2-1\n';

/** dnf offers this beside what is excluded, and updates all of it but what is locked. */
function answer(argv: Argv, offered: string): Answer | undefined {
  const free = argv.some((word) => /^--(?:disableexcludes|setopt=disable_excludes)=/.test(word));
  if (argv.includes('repoquery')) return { stdout: free ? `exc|noarch|2-1\n${OFFERED}` : offered };
  if (!argv.includes('upgrade')) return undefined;
  const stdout = fixture(dnf4, 1, 'upgrade').replace(/^ locked .*\n/m, '');
  return { exitCode: 1, stdout };
}

describe('Packages that the host holds back', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'locks-'));
  });

  afterEach(() => rm(directory, { recursive: true }));

  async function locking(locks: string): Promise<Dialect> {
    const list = join(directory, 'my.list');
    await writeFile(list, locks);
    const lockSettings = join(directory, 'versionlock.conf');
    await writeFile(lockSettings, `[main]\nenabled = 1\nlocklist = ${list}\n`);
    return { ...dnf4, lockSettings };
  }

  it('are those that are excluded, and those that a lock of dnf 4 keeps from being updated', async () => {
    const dialect = await locking(fixture(dnf4, 12, 'versionlock'));
    const tools = answering((argv) => answer(argv, OFFERED));
    expect(await readHeld(tools, dialect)).toEqual(['exc', 'locked']);
  });

  it('are not those with a lock that does not keep back what is offered', async () => {
    const dialect = await locking('# Added lock\napp-0:2-1.*\n');
    const tools = answering((argv) => answer(argv, OFFERED));
    expect(await readHeld(tools, dialect)).toEqual(['exc']);
  });

  it('are known without the plugin for locks', async () => {
    const dialect = { ...dnf4, lockSettings: join(directory, 'none') };
    const tools = answering((argv) => answer(argv, OFFERED));
    expect(await readHeld(tools, dialect)).toEqual(['exc']);
  });

  it('are left out of the queries of dnf 5, locked or excluded', async () => {
    const tools = answering((argv) => answer(argv, OFFERED.replace('locked|noarch|2-1\n', '')));
    expect(await readHeld(tools, dnf5)).toEqual(['exc', 'locked']);
  });
});
