import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Budget } from '../domain/group.ts';
import type { NamedPolicy } from '../domain/policy.ts';
import { FILE_SIZE_MAX, parseConfig, type FileError } from '../planning/config.ts';
import type { Inventory } from '../planning/inventory.ts';
import { resolvePolicy } from '../planning/resolve-policy.ts';
import { BadRequest, PatchcycleError } from './errors.ts';

/** The operator's file has errors; all of them, in its order. */
export class InventoryInvalid extends PatchcycleError {
  override readonly name = 'InventoryInvalid';
  readonly errors: readonly FileError[];

  constructor(file: string, errors: readonly FileError[]) {
    const lines = errors.map(
      ({ line, column, message, remedy }) => `${file}:${line}:${column}: ${message}. ${remedy}`,
    );
    super(
      [`${file} has errors:`, ...lines].join('\n'),
      `Correct them, then: patchcycle inventory check ${file}`,
    );
    this.errors = errors;
  }
}

/**
 * Reads the file of policies and hosts, and the calendars that it names. Throws BadRequest, or
 * InventoryInvalid with every error.
 */
export async function readInventory(file: string): Promise<Inventory> {
  const text = textOf(file);
  const parsed = parseConfig(text, file, Date.now(), (named) =>
    readBounded(resolve(dirname(file), named)),
  );
  if (!parsed.ok) throw new InventoryInvalid(file, parsed.errors);
  return parsed.config;
}

export type HostPolicy = { policy: NamedPolicy; groups: string[]; budgets: Budget[] };

/**
 * What the file says about a host, complete and with defaults filled in. A policy named by
 * `policyName` is taken instead of the host's own, also for hosts that the file does not have.
 * Throws BadRequest.
 */
export function policyFor(inventory: Inventory, host: string, policyName?: string): HostPolicy {
  const resolved = resolvePolicy(inventory, host, policyName);
  if (resolved.ok) {
    const { policy, groups, budgets } = resolved;
    return { policy, groups, budgets };
  }
  throw new BadRequest(`No policy for ${host}: ${resolved.message}.`, resolved.remedy);
}

function textOf(path: string): string {
  try {
    return readBounded(path);
  } catch (error) {
    throw new BadRequest(
      `The file of policies and hosts, ${path}, cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name the file that you mean; examples/patchcycle.yaml shows one.',
      { cause: error },
    );
  }
}

/** A pipe would be waited for, and a device read for ever: what is no file is not opened. */
function readBounded(path: string): string {
  const entry = statSync(path);
  if (!entry.isFile()) throw new Error('it is no file');
  if (entry.size > FILE_SIZE_MAX) {
    throw new Error(`it has ${entry.size} bytes, and ${FILE_SIZE_MAX} are read at most`);
  }
  return readFileSync(path, 'utf8');
}
