import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { BadRequest, policyFor, readInventory, type HostPolicy } from '../client/index.ts';
import type { Io } from './io.ts';

/** Where the file of policies and hosts is looked for when none is named. */
const INVENTORY_PLACES = ['patchcycle.yaml', '/etc/patchcycle/inventory.yaml'] as const;

export type InventoryOptions = { inventory?: string; policy?: string };

/** The file that is meant; null when none is named and there is none. */
export function findInventoryFile(io: Io, named: string | undefined): string | null {
  if (named !== undefined) return resolve(io.workingDirectory, named);
  const places = INVENTORY_PLACES.map((place) => resolve(io.workingDirectory, place));
  return places.find((path) => existsSync(path)) ?? null;
}

/** The file that is meant. Throws BadRequest when there is none. */
export function inventoryFile(io: Io, named: string | undefined): string {
  const file = findInventoryFile(io, named);
  if (file !== null) return file;
  throw new BadRequest(
    `There is no file of policies and hosts: neither ./${INVENTORY_PLACES.join(' nor ')} exists.`,
    'Write one (examples/patchcycle.yaml is a start), or name the one that you have.',
  );
}

/** What the operator's file says about this host. */
export async function hostPolicy(
  io: Io,
  host: string,
  options: InventoryOptions,
): Promise<HostPolicy> {
  const inventory = await readInventory(inventoryFile(io, options.inventory));
  return policyFor(inventory, host, options.policy);
}
