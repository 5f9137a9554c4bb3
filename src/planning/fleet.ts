import type { HostRecord } from '../domain/announcement.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Inventory } from './inventory.ts';

/** A host of which nothing was heard for so long is a finding: agents speak every hour. */
export const SILENT_AFTER_MS = 24 * 3_600_000;

/**
 * What there is to say of two machines that announced themselves by one name within the last day;
 * null where there is nothing. Each speaks every hour, so the last day tells whether it is still so.
 */
export function twinFinding({ twinHeardAt }: HostRecord, nowMs: number): string | null {
  return twinHeardAt === undefined || nowMs - Date.parse(twinHeardAt) > SILENT_AFTER_MS
    ? null
    : `two machines announce themselves by its name (last seen ${twinHeardAt}): a cycle would run on either`;
}

/** What is known of one host, before it is judged. */
export type KnownHost = {
  host: string;
  /** What its agent said last; null when none ever spoke (or not for a month). */
  record: HostRecord | null;
  /** Its policy in the file; null when the file does not have it, undefined when there is no file. */
  policy: string | null | undefined;
};

/** Sentences about what somebody should look at, for one host. */
export function findingsOf(
  { record, policy }: KnownHost,
  inventory: Inventory | null,
  nowMs: number,
): string[] {
  return [
    ...(policy === null ? ['it is not in the file, so no policy and no schedule is for it'] : []),
    ...(record === null ? ['no agent of it has announced itself'] : agentFindings(record, nowMs)),
    ...(record !== null && typeof policy === 'string' ? mismatch(record, policy, inventory) : []),
  ];
}

function agentFindings(record: HostRecord, nowMs: number): string[] {
  const { lastSeenAt, announcement } = record;
  const silentMs = nowMs - Date.parse(lastSeenAt);
  const { updates } = announcement;
  const twin = twinFinding(record, nowMs);
  return [
    ...(twin === null ? [] : [`${twin}; give one of them another (host: in its agent.yaml)`]),
    ...(silentMs > SILENT_AFTER_MS
      ? [`its agent was last heard of ${formatDuration(silentMs)} ago`]
      : []),
    ...(updates?.pending === null
      ? [`what is pending on it cannot be told: ${updates.problem ?? 'no reason was given'}`]
      : []),
  ];
}

/** A policy that wants no approval has no effect on a host that asks for one all the same. */
function mismatch(
  { announcement }: HostRecord,
  name: string,
  inventory: Inventory | null,
): string[] {
  const policy = inventory?.policies[name];
  return policy?.approval.required === false && !announcement.unattended
    ? [`its policy ${name} asks for no approval, but its agent.yaml does (unattended: false)`]
    : [];
}

/** How the file and the agents that announced themselves differ. */
export type InventoryDiff = {
  /** In the file, and no agent of it has announced itself. */
  hostsWithoutAgent: string[];
  /** Announced, and not in the file. */
  agentsWithoutHost: string[];
};

export function diffInventory(inventory: Inventory, announced: readonly string[]): InventoryDiff {
  const speaking = new Set(announced);
  const hosts = Object.keys(inventory.hosts);
  return {
    hostsWithoutAgent: hosts.filter((host) => !speaking.has(host)).sort(),
    agentsWithoutHost: announced.filter((host) => !Object.hasOwn(inventory.hosts, host)).sort(),
  };
}
