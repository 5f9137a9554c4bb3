import type { HostSummary } from '../../client/index.ts';
import type { Look } from '../paint.ts';
import { table } from './table.ts';
import { ago, count, stateWord } from './words.ts';

const WAITS_FOR_A_PERSON = ['awaiting-approval', 'needs-attention'];

/** The fleet, one line a host; hosts that wait for a person are named once more below. */
export function hostsText(hosts: readonly HostSummary[], look: Look, nowMs: number): string {
  if (hosts.length === 0) return 'No patch cycle is known. Start one: patchcycle patch HOST';
  const someWait = hosts.some(({ windowStart }) => windowStart !== null);
  const rows = hosts.map((host) => [
    host.host,
    stateWord(host.outcome ?? host.state, look),
    host.policy ?? '',
    host.packages === null ? '' : String(host.packages),
    host.securityUpdates === null ? '' : String(host.securityUpdates),
    ...(someWait ? [host.windowStart?.slice(0, 16).replace('T', ' ') ?? ''] : []),
    ago(host.closedAt ?? host.startedAt, nowMs),
  ]);
  const waiting = hosts.filter(
    ({ running, state }) => running && WAITS_FOR_A_PERSON.includes(state),
  );
  const headings = [
    ...['HOST', 'STATE', 'POLICY', 'PACKAGES', 'SECURITY'],
    ...(someWait ? ['WINDOW (UTC)'] : []),
    'SINCE',
  ];
  return [
    table(headings, rows, look),
    ...(waiting.length === 0
      ? []
      : [
          '',
          `${count(waiting.length, 'host')} waiting for a person:`,
          ...waiting.map(({ host }) => look.paint('cyan', `    patchcycle status ${host}`)),
        ]),
  ].join('\n');
}
