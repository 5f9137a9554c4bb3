import { describe, expect, it } from '@jest/globals';
import { restoreBootLoader } from '../../../src/packages/dnf/boot-loader.ts';
import { result } from '../../health/support/journal.ts';

const kernel = [{ name: 'kernel-core', oldVersion: null }];
const installed = () => Promise.resolve(['5.14.0-70.x86_64', '0-rescue-1a2b']);

/** A host on which grubby answers this, or is not there. */
function host(answer: string | null) {
  const asked: string[] = [];
  const run = (argv: readonly [string, ...string[]]) => {
    asked.push(argv.join(' '));
    const missing = { exitCode: null, stderr: 'spawn grubby ENOENT' };
    const own = answer === null ? missing : {};
    return Promise.resolve({ ...result(argv, 0, answer ?? ''), ...own });
  };
  return { asked, run };
}

describe('The kernel that boots after a restore', () => {
  it('is the newest that is there, where the default is one that is gone', async () => {
    const tools = host('/boot/vmlinuz-5.14.0-427.x86_64\n');
    expect(await restoreBootLoader(tools, kernel, installed)).toBe(true);
    expect(tools.asked).toEqual([
      'grubby --default-kernel',
      'grubby --set-default /boot/vmlinuz-5.14.0-70.x86_64',
    ]);
  });

  it('is left as the restored files have it, where that one is there', async () => {
    const tools = host('/boot/vmlinuz-5.14.0-70.x86_64\n');
    expect(await restoreBootLoader(tools, kernel, installed)).toBe(false);
    expect(tools.asked).toEqual(['grubby --default-kernel']);
  });

  it.each([
    ['no kernel came', [{ name: 'bash', oldVersion: '1-1' }], '/boot/vmlinuz-x'],
    ['the host has no grubby', kernel, null],
  ])('is not asked about where %s', async (_, changes, answer) => {
    expect(await restoreBootLoader(host(answer), changes, installed)).toBe(false);
  });
});
