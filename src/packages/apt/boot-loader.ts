import { stat } from 'node:fs/promises';
import { StepFailure } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { Argv, HostTools } from '../../host/tools.ts';

/** What grub-install leaves beside what it writes between a disk's boot sector and its first partition. */
const CORE_IMAGE = '/boot/grub/i386-pc/core.img';

/** It reads and writes a few megabytes, and asks every disk of the host first. */
const TIMEOUT_MS = 300_000;

/**
 * On a host that boots by BIOS, GRUB's package writes its core image onto the disks themselves, where
 * no backup reaches. A core of the new version does not fit the modules of the old one, and the host
 * would not boot: so the old one is written again, onto the disks that the package is set to write
 * to. Answers whether anything was written.
 * Fails with `RestoreIncomplete`, with the command that a person has to run.
 */
export async function restoreBootLoader(
  tools: Pick<HostTools, 'run'>,
  changes: readonly Pick<Change, 'name'>[],
  coreImage = CORE_IMAGE,
): Promise<boolean> {
  const changed = changes.find(({ name }) => name === 'grub-pc' || /^grub-cloud-/.test(name));
  if (changed === undefined) return false;
  if ((await orIfMissing(stat(coreImage), null)) === null) return false;
  if (changed.name !== 'grub-pc') throw unknownDisks(changed.name);
  const devices = parseDevices((await runOrFail(tools, ['debconf-show', 'grub-pc'])).stdout);
  for (const device of devices) await runOrFail(tools, installArgv(device));
  return devices.length > 0;
}

/** The disks in what debconf-show says: `* grub-pc/install_devices: /dev/vda, /dev/vdb`. */
export function parseDevices(stdout: string): string[] {
  const [, list = ''] = /^[* ] grub-pc\/install_devices:(.*)$/m.exec(stdout) ?? [];
  return list
    .split(',')
    .map((device) => device.trim())
    .filter((device) => device.startsWith('/dev/'));
}

function installArgv(device: string): Argv {
  return ['grub-install', '--target=i386-pc', device];
}

async function runOrFail(tools: Pick<HostTools, 'run'>, argv: Argv): Promise<{ stdout: string }> {
  const result = await tools.run(argv, { timeoutMs: TIMEOUT_MS });
  if (result.exitCode === 0) return result;
  throw commandFailure(
    'RestoreIncomplete',
    `The files are back, but ${argv.join(' ')} failed: the boot loader on the disk may not fit them, and the host may not boot.`,
    result,
    'Do not reboot. Run `grub-install` on each disk that the host boots from and read what it says; then resolve the cycle with restore.',
  );
}

function unknownDisks(name: string): StepFailure {
  return new StepFailure(
    'RestoreIncomplete',
    `The files are back, but ${name} had written its boot loader onto a disk, outside of any file: it may not fit them, and the host may not boot.`,
    {
      remedy:
        'Do not reboot. Run `grub-install --target=i386-pc` on the disk that the host boots from (lsblk shows it), and resolve the cycle with accept.',
    },
  );
}
