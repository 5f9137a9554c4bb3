import type { HostRecord } from '../domain/announcement.ts';
import { diffInventory, findingsOf, type InventoryDiff } from '../planning/fleet.ts';
import type { Inventory } from '../planning/inventory.ts';
import { listRecords as listAllRecords } from '../temporal/list-records.ts';
import { exchange } from './exchange.ts';
import { listHosts, type HostSummary } from './list.ts';
import type { Session } from './session.ts';

/** One host of the fleet: from the file, from its agent, and from its last cycle. */
export type FleetHost = {
  host: string;
  /** Null when the file does not have it, or there is no file. */
  policy: string | null;
  groups: string[];
  labels: Record<string, string>;
  /** What its agent said last; null when none did. */
  record: HostRecord | null;
  /** The latest cycle; null when there was none. */
  cycle: HostSummary | null;
  /** Sentences about what somebody should look at. */
  findings: string[];
};

const LIST_TIMEOUT_MS = 30_000;

/**
 * The whole fleet, by name: hosts of the file, hosts whose agents announced themselves, and hosts
 * with a cycle. Throws TemporalUnreachable, TemporalRefused.
 */
export async function listFleet(
  session: Session,
  inventory: Inventory | null = null,
  nowMs: number = Date.now(),
): Promise<FleetHost[]> {
  const records = await listRecords(session);
  const hosts = inventory?.hosts ?? {};
  const named = [...new Set([...Object.keys(hosts), ...records.keys()])];
  const cycles = new Map((await listHosts(session, named)).map((cycle) => [cycle.host, cycle]));
  const names = new Set([...named, ...cycles.keys()]);
  return [...names].sort().map((host) => {
    const entry = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
    const record = records.get(host) ?? null;
    const policy = entry?.policy ?? null;
    const known = { host, record, policy: inventory === null ? undefined : policy };
    return {
      host,
      policy,
      groups: entry?.groups ?? [],
      labels: entry?.labels ?? {},
      record,
      cycle: cycles.get(host) ?? null,
      findings: findingsOf(known, inventory, nowMs),
    };
  });
}

/** How the file and the agents differ. Throws TemporalUnreachable, TemporalRefused. */
export async function diffFleet(session: Session, inventory: Inventory): Promise<InventoryDiff> {
  return diffInventory(inventory, [...(await listRecords(session)).keys()]);
}

function listRecords(session: Session): Promise<Map<string, HostRecord>> {
  const work = () => listAllRecords(session.client);
  return exchange(session, 'listing the agents', work, LIST_TIMEOUT_MS);
}
