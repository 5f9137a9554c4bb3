import { readFile } from 'node:fs/promises';
import type { BootIdentity } from '../domain/facts.ts';
import { readProcess } from './process-table.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * What is different after every boot. The kernel's boot id must parse as a UUID, since an error
 * text "differs" too. In a container the boot id is the machine's, so PID 1's start belongs to it.
 * Throws a plain Error where /proc is not what Linux has.
 */
export async function readBootIdentity(): Promise<BootIdentity> {
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  if (!UUID.test(bootId))
    throw new Error(`The kernel's boot id is not a UUID: ${bootId.slice(0, 80)}`);
  const init = await readProcess(1);
  if (init === null) throw new Error('/proc shows no process 1, so a reboot cannot be proven');
  return { bootId, initStartTicks: init.startTicks };
}

export function isSameBoot(one: BootIdentity, other: BootIdentity): boolean {
  return one.bootId === other.bootId && one.initStartTicks === other.initStartTicks;
}
