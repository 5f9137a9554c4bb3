import { setCurrentDetails } from '@temporalio/workflow';
import type { RolloutMember, RolloutState } from '../../src/domain/rollout.ts';
import {
  countByWord,
  waitingForPeople,
  withoutSuccess,
  wordOf,
} from '../../src/planning/rollout-summary.ts';
import { commands, escaped, table } from '../cycle/details.ts';
import type { Rollout } from './state.ts';

/** Hosts that are named one by one; beyond that they are counted. */
const HOSTS_SHOWN = 30;
const DECISIONS_SHOWN = 10;
const DETAILS_MAX = 18_000;

type Shown = Pick<Rollout, 'name' | 'input' | 'progress'>;

/** Shows in the Web UI where the rollout stands, what waits for whom, and the commands that move it on. */
export function showRollout(rollout: Shown): void {
  setCurrentDetails(rolloutDetails(rollout));
}

/** Where the rollout stands, as Markdown for the Web UI. */
export function rolloutDetails({ name, input, progress }: Shown): string {
  const { state, members, wave } = progress;
  return [
    `## Rollout ${name}: ${headlineOf(state)}\n${members.length} hosts in ${input.waves.length} waves, asked for by ${escaped(input.requestedBy)}.`,
    nextMoves(name, state),
    waves(input.waves.length, wave, members),
    people(members),
    failed(members),
    decisions(progress),
  ]
    .filter(Boolean)
    .join('\n\n')
    .slice(0, DETAILS_MAX);
}

function headlineOf(state: RolloutState): string {
  switch (state.name) {
    case 'soaking':
      return `soaking until ${state.until}`;
    case 'paused':
    case 'aborting':
      return `${state.name}, by ${escaped(state.by)} since ${state.since}`;
    case 'halted':
      return `halted since ${state.since}: ${escaped(state.why)}`;
    case 'ended':
      return `ended: ${state.outcome}`;
    case 'running':
      return 'running';
  }
}

function nextMoves(name: string, { name: is }: RolloutState): string | null {
  const to = (decision: string, rest = '') => `patchcycle rollout ${decision} ${name}${rest}`;
  switch (is) {
    case 'running':
    case 'soaking':
      return commands([to('pause'), to('abort', ' --why "..."')]);
    case 'paused':
      return commands([to('resume'), to('abort', ' --why "..."')]);
    case 'halted':
      return [
        '**Waits for a person.** Look at the hosts below; then:',
        commands([
          to('retry', ' HOST              # try a host again'),
          to('skip', ' HOST --why "..."    # be content with how it is'),
          to('resume', '                  # go on with the others'),
          to('abort', ' --why "..."'),
        ]),
      ].join('\n\n');
    default:
      return null;
  }
}

function waves(count: number, current: number, members: readonly RolloutMember[]): string {
  const rows = Array.from({ length: count }, (_, wave) => {
    const hosts = members.filter((member) => member.wave === wave);
    const counts = [...countByWord(hosts)].map(([word, amount]) => `${amount} ${word}`);
    const mark = wave === current ? '**' : '';
    return [`${mark}${wave + 1}${mark}`, String(hosts.length), counts.join(', ')];
  });
  return table(['wave', 'hosts', 'where they stand'], rows);
}

function people(members: readonly RolloutMember[]): string | null {
  const waiting = waitingForPeople(members);
  return listed('### Waiting for a person', waiting, (member) => {
    const { host } = member;
    return `- ${host}: ${wordOf(member)}; \`patchcycle status ${host}\``;
  });
}

function failed(members: readonly RolloutMember[]): string | null {
  return listed('### Did not come through', withoutSuccess(members), (member) => {
    return `- ${member.host}: ${wordOf(member)}; \`patchcycle report ${member.host}\``;
  });
}

function listed(
  title: string,
  members: readonly RolloutMember[],
  line: (member: RolloutMember) => string,
): string | null {
  if (members.length === 0) return null;
  const more = members.length - HOSTS_SHOWN;
  return [
    `${title}: ${members.length}`,
    ...members.slice(0, HOSTS_SHOWN).map(line),
    ...(more > 0 ? [`- … and ${more} more`] : []),
  ].join('\n');
}

function decisions({ decisions, refusedCount }: Rollout['progress']): string | null {
  if (decisions.length + refusedCount === 0) return null;
  const lines = decisions.slice(-DECISIONS_SHOWN).map(({ at, decision }) => {
    const host = 'host' in decision ? ` ${decision.host}` : '';
    const why = decision.why === undefined ? '' : `: ${escaped(decision.why)}`;
    return `- ${at} ${decision.kind}${host} by ${escaped(decision.by)}${why}`;
  });
  const refused = refusedCount > 0 ? [`- ${refusedCount} messages were refused`] : [];
  return ['### Decisions', ...lines, ...refused].join('\n');
}
