import { describe, expect, it } from '@jest/globals';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { dnf5 } from '../../../src/packages/dnf/dialects/dnf5.ts';
import { readHeld } from '../../../src/packages/dnf/held.ts';
import type { Argv } from '../../../src/host/tools.ts';
import { answering, fixture, type Answer } from './fixture.ts';

const UPGRADES = 'app|noarch|2-1\nlocked|noarch|2-1\nbroke|noarch|2-1\n';

function answer(argv: Argv, offered: string, locks: Answer): Answer | undefined {
  const free = argv.some((word) => /^--(?:disableexcludes|setopt=disable_excludes)=/.test(word));
  if (argv.includes('repoquery')) return { stdout: free ? `exc|noarch|2-1\n${UPGRADES}` : offered };
  if (argv.includes('versionlock')) return locks;
  if (!argv.includes('upgrade')) return undefined;
  // The lock keeps this one out of the update.
  const stdout = fixture(dnf4, 1, 'upgrade').replace(/^ locked .*\n/m, '');
  return { exitCode: 1, stdout };
}

describe('Packages that the host holds back', () => {
  it('are those that are excluded, and those that a lock of dnf 4 keeps from being updated', async () => {
    const locks = { stdout: fixture(dnf4, 12, 'versionlock') };
    const tools = answering((argv) => answer(argv, UPGRADES, locks));
    expect(await readHeld(tools, dnf4)).toEqual(['exc', 'locked']);
  });

  it('are not those with a lock that does not keep back what is offered', async () => {
    const tools = answering((argv) => answer(argv, UPGRADES, { stdout: 'app-0:2-1.*\n' }));
    expect(await readHeld(tools, dnf4)).toEqual(['exc']);
  });

  it('are known without the plugin for locks', async () => {
    const none = {
      exitCode: 1,
      stderr: 'No such command: versionlock. Please use /usr/bin/dnf --help\n',
    };
    const tools = answering((argv) => answer(argv, UPGRADES, none));
    expect(await readHeld(tools, dnf4)).toEqual(['exc']);
  });

  it('are left out of the queries of dnf 5, locked or excluded', async () => {
    const offered = UPGRADES.replace('locked|noarch|2-1\n', '');
    const locks = { stdout: fixture(dnf5, 12, 'versionlock') };
    const tools = answering((argv) => answer(argv, offered, locks));
    expect(await readHeld(tools, dnf5)).toEqual(['exc', 'locked']);
  });
});
