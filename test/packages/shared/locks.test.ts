import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findLockHolder } from '../../../src/packages/shared/locks.ts';
import { temporaryDirectory } from '../../host/support/temporary.ts';

/** Locks as apt and dpkg do, by fcntl(2), and says so. */
const HOLDER = `use Fcntl; $| = 1;
  open my $lock, '>>', $ARGV[0] or die;
  my $whole = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0);
  fcntl($lock, F_SETLK, $whole) or die;
  print "held"; sleep 60;`;

let path: string;
let holder: ChildProcess;
beforeEach(async () => {
  path = join(await temporaryDirectory(), 'lock-frontend');
  await writeFile(path, '');
  holder = spawn('perl', ['-e', HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (holder.stdout !== null) await once(holder.stdout, 'data');
});
afterEach(async () => {
  holder.kill('SIGKILL');
  await once(holder, 'exit');
});

/** /proc/locks as it is on btrfs and overlayfs: the device is the file system's, and not the file's. */
async function withOtherDevices(): Promise<string> {
  const text = await readFile('/proc/locks', 'utf8');
  return text.replace(/ [0-9a-f]+:[0-9a-f]+:(\d+) /g, ' 00:ff:$1 ');
}

describe('findLockHolder', () => {
  it('names who holds a lock', async () => {
    expect(await findLockHolder([path])).toEqual({ path, pid: holder.pid, program: 'perl' });
  });

  it('names the holder also where the list of locks has another device than the file', async () => {
    const found = await findLockHolder([path], withOtherDevices);
    expect(found).toEqual({ path, pid: holder.pid, program: 'perl' });
  });

  it('takes nobody for the holder who only has a file of that name open, or another lock', async () => {
    const other = join(await temporaryDirectory(), 'lock-frontend');
    await writeFile(other, '');
    expect(await findLockHolder([other], withOtherDevices)).toBeNull();
    expect(await findLockHolder([`${path}-missing`], withOtherDevices)).toBeNull();
  });
});
