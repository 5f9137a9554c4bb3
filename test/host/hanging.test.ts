import { describe, expect, it } from '@jest/globals';
import { chooseVictims, isPackageTool } from '../../src/host/hanging.ts';
import type { ProcessEntry } from '../../src/host/process-table.ts';

function entry(pid: number, name: string, parentPid: number, state = 'S'): ProcessEntry {
  return { pid, name, parentPid, state, sessionId: 1, startTicks: String(pid) };
}

const UPGRADE = [
  entry(1, 'systemd', 0),
  entry(10, 'apt-get', 1),
  entry(11, 'dpkg', 10),
  entry(12, 'frontend', 11),
  entry(13, 'postinst', 12),
  entry(14, 'sleep', 13),
  entry(20, 'sshd', 1),
];

function names(processes: readonly ProcessEntry[], rootPid: number, thorough = false): string[] {
  return chooseVictims(processes, rootPid, thorough).map(({ name }) => name);
}

describe('chooseVictims', () => {
  it('chooses the leaves below the tool first', () => {
    expect(names(UPGRADE, 10)).toEqual(['sleep']);
  });

  it('chooses everything below the tool when that did not help', () => {
    expect(names(UPGRADE, 10, true)).toEqual(['frontend', 'postinst', 'sleep']);
  });

  it('never chooses a package tool, also where it is a leaf or was called by a script', () => {
    const nested = [...UPGRADE.filter(({ pid }) => pid !== 14), entry(15, 'apt-get', 13)];
    expect(names(nested, 10)).toEqual([]);
    expect(names(nested, 10, true)).toEqual(['frontend', 'postinst']);
    expect(names([entry(10, 'dpkg', 1)], 10, true)).toEqual([]);
  });

  it('never chooses what is not below the tool', () => {
    expect(names(UPGRADE, 13, true)).toEqual(['postinst', 'sleep']);
    expect(names(UPGRADE, 99, true)).toEqual([]);
  });

  it('chooses the job itself when it is no package tool and has nothing below it', () => {
    expect(names([entry(10, 'depmod', 1)], 10)).toEqual(['depmod']);
  });

  it('counts what has ended and is not yet waited for as gone', () => {
    const zombie = UPGRADE.map((process) =>
      process.pid === 14 ? { ...process, state: 'Z' } : process,
    );
    expect(names(zombie, 10)).toEqual(['postinst']);
  });
});

describe('isPackageTool', () => {
  it.each([
    'apt-get',
    'apt',
    'dpkg',
    'dpkg-deb',
    'dpkg-query',
    'dpkg-split',
    'rpm',
    'dnf',
    'dnf5',
    'yum',
  ])('knows %s', (name) => {
    expect(isPackageTool(name)).toBe(true);
  });

  it.each(['sh', 'postinst', 'my-apt-get', 'sleep', 'update-initramfs', 'aptd', ''])(
    'does not take %j for one',
    (name) => {
      expect(isPackageTool(name)).toBe(false);
    },
  );
});
