import { describe, expect, it } from '@jest/globals';
import { deviceOf, parseLocks } from '../../../src/packages/shared/locks.ts';
import { parseMaps } from '../../../src/packages/shared/mapped-files.ts';
import { parseUnits } from '../../../src/packages/shared/updaters.ts';
import { fixture } from '../apt/fixture.ts';

describe('What the kernel tells', () => {
  it('about locks, and not about those who wait for one', () => {
    const text = fixture('debian-24.proc-locks.stdout');
    const waiting = '2: -> POSIX  ADVISORY  WRITE 700 fe:00:3002265 0 EOF\n';
    const locks = parseLocks(text + waiting);
    expect(locks).toContainEqual({ pid: 634, file: 'fe:00:3002265' });
    expect(locks.filter(({ pid }) => pid === 700)).toEqual([]);
    expect(deviceOf(65_024n)).toBe('fe:00');
    // Major and minor number of more than eight bits: new_encode_dev in the kernel's kdev_t.h.
    expect(deviceOf((0x103n << 8n) | 0x05n | (0x123n << 20n))).toBe('103:12305');
  });

  it('about files that a process runs from', () => {
    const text = fixture('debian-35.proc-maps.stdout');
    expect(parseMaps(text, 'deleted')).toEqual(['/usr/local/bin/patchcycle-sleep']);
    expect(parseMaps(text, 'present')).toEqual([
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
    ]);
  });

  it('about files that are no code of a package', () => {
    const map = (permissions: string, path: string) =>
      `7f00-7f01 ${permissions} 00000000 fe:00 12 ${' '.repeat(20)}${path} (deleted)\n`;
    const text =
      map('r--p', '/usr/share/fonts/x.ttf') + map('r-xs', '/memfd:x') + map('r-xp', '/tmp/jit');
    expect(parseMaps(text, 'deleted')).toEqual([]);
  });
});

describe('What systemctl tells', () => {
  it('about updaters', () => {
    expect(parseUnits(fixture('debian-25.systemctl-show.stdout'))).toEqual([
      { unit: 'apt-daily.timer', loaded: true, active: true },
      { unit: 'unattended-upgrades.service', loaded: true, active: true },
      { unit: 'apt-daily.service', loaded: true, active: false },
      { unit: 'packagekit.service', loaded: false, active: false },
    ]);
  });
});
