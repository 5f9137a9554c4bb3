import { describe, expect, it } from '@jest/globals';
import type { CommandResult, HostTools } from '../../../src/host/tools.ts';
import { askNeedrestart } from '../../../src/packages/apt/reboot.ts';

/** A host that is no container, with this answer of needrestart. */
function tools(answer: Partial<CommandResult>): HostTools {
  return {
    run: (argv) => {
      const result = {
        argv,
        exitCode: 1,
        signal: null,
        stdout: '',
        stderr: '',
        durationMs: 60_000,
      };
      const own = argv[0] === 'needrestart' ? answer : {};
      return Promise.resolve({ ...result, timedOut: false, truncated: false, ...own });
    },
    runJob: () => Promise.reject(new Error('no job was expected')),
    progress: () => {},
  };
}

describe('needrestart', () => {
  it('tells of a kernel that is pending', async () => {
    const answer = { exitCode: 0, stdout: 'NEEDRESTART-VER: 3.6\nNEEDRESTART-KSTA: 3\n' };
    expect(await askNeedrestart(tools(answer))).toEqual(['needrestart sees a pending kernel']);
    const current = { exitCode: 0, stdout: 'NEEDRESTART-VER: 3.6\nNEEDRESTART-KSTA: 1\n' };
    expect(await askNeedrestart(tools(current))).toEqual([]);
  });

  it('says nothing where it is not installed', async () => {
    const answer = { exitCode: null, stderr: 'spawn needrestart ENOENT\n' };
    expect(await askNeedrestart(tools(answer))).toEqual([]);
  });

  it.each([
    ['fails', { exitCode: 255, stderr: 'perl: broken\n' }, 'needrestart failed: perl: broken'],
    ['hangs', { exitCode: null, timedOut: true }, 'needrestart gave no answer in 60 s'],
    ['is ended', { exitCode: null, signal: 'SIGKILL' }, 'needrestart was ended by SIGKILL'],
  ])('is no answer when it %s', async (_, answer, words) => {
    await expect(askNeedrestart(tools(answer))).rejects.toThrow(words);
  });
});
