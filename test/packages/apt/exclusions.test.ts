import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { simulateAllArgv, simulateSecurityArgv } from '../../../src/packages/apt/arguments.ts';
import { exclusionsText, withExclusions } from '../../../src/packages/apt/exclusions.ts';

const EXCLUDED = [
  { name: 'shop', version: '2.0-1' },
  { name: 'libshop', version: '1:2.0~rc1' },
];

describe('versions that no plan may bring', () => {
  it('are told to apt as preferences, for every architecture', () => {
    expect(exclusionsText(EXCLUDED)).toBe(
      `Package: shop:any
Pin: version 2.0-1
Pin-Priority: -1

Package: libshop:any
Pin: version 1:2.0~rc1
Pin-Priority: -1
`,
    );
  });

  it('stand in a file of their own while apt is asked, and not afterwards', async () => {
    const file = await withExclusions(EXCLUDED, async (options) => {
      const path = options['Dir::Etc::Preferences'] ?? '';
      expect(readFileSync(path, 'utf8')).toContain(exclusionsText(EXCLUDED));
      for (const argv of [simulateAllArgv(options), simulateSecurityArgv('/list', options)]) {
        expect(argv).toContain(`Dir::Etc::Preferences=${path}`);
      }
      return path;
    });
    expect(existsSync(file)).toBe(false);
  });

  it('need no file where there are none', async () => {
    expect(await withExclusions([], async (options) => options)).toEqual({});
  });
});
