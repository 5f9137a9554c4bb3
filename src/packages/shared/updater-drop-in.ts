import { mkdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../../host/atomic-file.ts';
import { errnoOf, orIfMissing } from '../../host/errno.ts';

const UNIT_DIRECTORY = '/etc/systemd/system';
const DROP_IN = '50-patchcycle-suspended.conf';

function dropInOf(unit: string): string {
  return join(UNIT_DIRECTORY, `${unit}.d`, DROP_IN);
}

/**
 * A drop-in with a condition that never holds, and not `systemctl mask`: it holds over the reboot
 * in mid-cycle and when an upgraded apt starts its timers anew, it works beside an administrator's
 * own unit file or mask, and it says itself whose it is and what was before.
 */
function dropInText(wasActive: boolean): string {
  return [
    '# Written by patchcycle for the time of a patch cycle, which removes it at its end.',
    `# Before: ${wasActive ? 'active' : 'inactive'}`,
    '[Unit]',
    '# The root directory exists, so this never holds.',
    'ConditionPathExists=!/',
    '',
  ].join('\n');
}

/** Whether the unit was active when it was suspended, or null when it is not suspended. */
export async function readDropIn(unit: string): Promise<boolean | null> {
  for (const path of [dropInOf(unit), setAsideOf(unit)]) {
    const text = await orIfMissing(readFile(path, 'utf8'), null);
    if (text !== null) return /^# Before: active$/m.test(text);
  }
  return null;
}

/** Writes down what was before, and switches the unit off once systemd has reloaded. */
export async function writeDropIn(unit: string, wasActive: boolean): Promise<void> {
  const path = dropInOf(unit);
  await mkdir(dirname(path), { recursive: true, mode: 0o755 });
  await writeFileAtomically(path, dropInText(wasActive), 0o644);
}

/** systemd reads only files that end in `.conf`: under this name it is off but still says what was before. */
function setAsideOf(unit: string): string {
  return dropInOf(unit).replace(/\.conf$/, '.resuming');
}

/** Takes the switch away from systemd, which has to reload to see it, and keeps what it says. */
export async function setAside(unit: string): Promise<void> {
  await orIfMissing(rename(dropInOf(unit), setAsideOf(unit)), undefined);
}

/** Removes what this tool has written, and the directory when nothing else is in it. */
export async function removeDropIn(unit: string): Promise<void> {
  await rm(dropInOf(unit), { force: true });
  await rm(setAsideOf(unit), { force: true });
  try {
    await rmdir(dirname(dropInOf(unit)));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) throw error;
  }
}
