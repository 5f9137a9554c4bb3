import { describe, expect, it } from '@jest/globals';
import type { HostTools } from '../../src/host/tools.ts';
import { createApt } from '../../src/packages/apt/index.ts';
import { choosePackageManager } from '../../src/packages/choose.ts';

const tools: HostTools = {
  run: () => Promise.reject(new Error('nothing is run')),
  runJob: () => Promise.reject(new Error('nothing is run')),
  progress: () => undefined,
};

describe('Choosing the package manager', () => {
  it('finds apt where its programs are', async () => {
    expect((await choosePackageManager(tools)).name).toBe('apt');
  });

  it('refuses a host without tools that are known, and says what was looked for', async () => {
    const strange = [
      { make: (all: HostTools) => createApt(all), programs: ['/usr/bin/no-such-tool'] },
    ];
    await expect(choosePackageManager(tools, strange)).rejects.toMatchObject({
      type: 'UnsupportedHost',
      details: { remedy: expect.stringContaining('/usr/bin/no-such-tool') },
    });
  });
});
