import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, RebootRequired } from '../../domain/plan.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { HostTools } from '../../host/tools.ts';
import { expectReboot } from '../shared/reboot-expected.ts';
import { answered } from '../shared/reboot.ts';
import { readFileList } from './file-lists.ts';

/** Packages after whose update dnf's needs-restarting asks for a reboot. */
const BOOT_PACKAGES: readonly string[] = [
  'kernel',
  'kernel-core',
  'kernel-rt',
  'kernel-rt-core',
  'kernel-uek',
  'kernel-uek-core',
  'glibc',
  'linux-firmware',
  'microcode_ctl',
  'systemd',
  'dbus',
  'dbus-broker',
  'dbus-daemon',
];

/** Packages that the host adds to them, one in each line. */
const ADDED = '/etc/dnf/plugins/needs-restarting.d';

/** See {@link expectReboot}. */
export async function expectRebootAfter(
  tools: HostTools,
  changes: readonly Change[],
): Promise<RebootRequired> {
  const forBoot = new Set([...BOOT_PACKAGES, ...(await readAdded())]);
  const names = changes.map(({ name }) => name).filter((name) => forBoot.has(name));
  // In a container too, where it asks for one just as well.
  if (names.length > 0) return answered('yes', `takes effect at boot only: ${names.join(', ')}`);
  return expectReboot(tools, changes, {
    isForBoot: () => false,
    filesOf: async ({ name }) => (await readFileList(tools, name)).map(({ path }) => path),
  });
}

async function readAdded(): Promise<string[]> {
  const names = await orIfMissing(readdir(ADDED), []);
  const files = names.filter((name) => name.endsWith('.conf'));
  const texts = await Promise.all(files.map((name) => readFile(join(ADDED, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').map((line) => line.trim()));
}
