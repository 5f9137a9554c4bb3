import type { FleetHost, InventoryDiff } from '../../client/index.ts';
import { SILENT_AFTER_MS } from '../../planning/fleet.ts';
import { plain, type Look } from '../paint.ts';
import { table } from './table.ts';
import { ago, count, stateWord } from './words.ts';

/** So many findings are read one by one; of a fleet in which more is wrong the table shows enough. */
const FINDINGS_SHOWN = 20;

/** The fleet, one line a host, and below it what somebody should look at. */
export function fleetText(hosts: readonly FleetHost[], look: Look, nowMs: number): string {
  if (hosts.length === 0) {
    return 'No host is known: write one into patchcycle.yaml, or start its agent.';
  }
  // What matters most comes first: a narrow terminal cuts the end.
  const headings = ['HOST', 'CYCLE', 'PENDING', 'SECURITY', 'OLDEST CVE', 'SEEN', 'POLICY'];
  const rows = hosts.map((host) => rowOf(host, look, nowMs));
  const findings = hosts.flatMap(({ host, findings: own }) => own.map((one) => `${host}: ${one}`));
  return [
    table(headings, rows, look),
    '',
    `${count(hosts.length, 'host')}, ${count(findings.length, 'finding')}`,
    ...findings.slice(0, FINDINGS_SHOWN).map((finding) => mark(finding, look)),
    ...(findings.length > FINDINGS_SHOWN
      ? [`  and ${findings.length - FINDINGS_SHOWN} more: patchcycle hosts --findings --json`]
      : []),
  ].join('\n');
}

function rowOf({ host, policy, record, cycle }: FleetHost, look: Look, nowMs: number): string[] {
  const pending = record?.announcement.updates?.pending;
  return [
    host,
    cycle === null ? '' : cycleWord(cycle, look, nowMs),
    pending ? String(pending.packages) : '?',
    pending ? securityWord(pending.security, look) : '?',
    pending?.oldestCve ?? '',
    seenWord(record?.lastSeenAt, look, nowMs),
    policy ?? cycle?.policy ?? '',
  ];
}

function seenWord(lastSeenAt: string | undefined, { paint }: Look, nowMs: number): string {
  if (lastSeenAt === undefined) return paint('yellow', 'never');
  const isSilent = nowMs - Date.parse(lastSeenAt) > SILENT_AFTER_MS;
  return isSilent ? paint('yellow', ago(lastSeenAt, nowMs)) : ago(lastSeenAt, nowMs);
}

function securityWord(updates: number, { paint }: Look): string {
  return updates === 0 ? '0' : paint('red', String(updates));
}

/** Where the cycle that runs stands, or how the last one ended. */
function cycleWord(
  { running, outcome, state, closedAt, startedAt }: NonNullable<FleetHost['cycle']>,
  look: Look,
  nowMs: number,
): string {
  if (running) return stateWord(state, look);
  return `${stateWord(outcome ?? state, look)} ${ago(closedAt ?? startedAt, nowMs)}`;
}

/** Where the file and the agents differ, one line each. */
export function diffText(file: string, diff: InventoryDiff, look: Look): string {
  const { hostsWithoutAgent, agentsWithoutHost } = diff;
  const { paint, symbols } = look;
  if (hostsWithoutAgent.length + agentsWithoutHost.length === 0) {
    return `${paint('green', symbols.done)} every host of ${file} has an agent, and every agent a host`;
  }
  return [
    ...hostsWithoutAgent.map((host) =>
      mark(`${host} is in the file, and no agent of it has announced itself`, look),
    ),
    ...agentsWithoutHost.map((host) => mark(`${host} has an agent, and is not in the file`, look)),
  ].join('\n');
}

function mark(finding: string, { paint, symbols }: Look): string {
  return `${paint('yellow', symbols.warning)} ${plain(finding)}`;
}
