import { setCurrentDetails } from '@temporalio/workflow';
import type {
  RolloutInput,
  RolloutMember,
  RolloutProgress,
  RolloutState,
} from '../../src/domain/rollout.ts';
import {
  askedOneByOne,
  countByWord,
  questionsForMany,
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
    `## Rollout ${name}: ${state.name === 'ended' ? state.outcome : state.name}`,
    [
      reasonOf(state),
      `${members.length} hosts in ${input.waves.length} waves, asked for by ${escaped(input.requestedBy)}.`,
    ].join(''),
    questions(name, input.approval, progress),
    nextMoves(name, state),
    waves(input.waves.length, wave, members),
    people(members, input.approval),
    failed(members),
    decisions(progress),
  ]
    .filter(Boolean)
    .join('\n\n')
    .slice(0, DETAILS_MAX);
}

/** Since when it is so and why, before what is true of it in any state. */
function reasonOf(state: RolloutState): string {
  switch (state.name) {
    case 'soaking':
      return `The wave is watched until ${state.until}. `;
    case 'paused':
    case 'aborting':
      return `By ${escaped(state.by)}, since ${state.since}. `;
    case 'halted':
      return `Since ${state.since}: ${escaped(state.why)}.\n\n`;
    case 'ended':
    case 'running':
      return '';
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
          '# try a host again:',
          to('retry', ' HOST'),
          '# be content with how it is:',
          to('skip', ' HOST --why "..."'),
          '# go on with the others, or end it:',
          to('resume'),
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

/** Kinds of changes that are told; beyond that the command line has them. */
const QUESTIONS_SHOWN = 5;
const HOSTS_OF_QUESTION_SHOWN = 10;

/** The command line takes so much of a digest for the whole. */
const DIGEST_SHOWN = 12;

function questions(
  name: string,
  approval: RolloutInput['approval'],
  { members, state }: Pick<RolloutProgress, 'members' | 'state'>,
): string | null {
  const asked = questionsForMany(members, approval);
  if (asked.length === 0) return null;
  const isHalted = state.name === 'halted';
  const when = approval === 'once' ? 'once for the whole rollout' : 'once for each wave';
  return [
    `**A person is asked**, ${isHalted ? 'when it is resumed' : when}.`,
    ...asked.slice(0, QUESTIONS_SHOWN).flatMap(({ changes, hosts }) => {
      const digest = changes.slice(0, DIGEST_SHOWN);
      const more = hosts.length - HOSTS_OF_QUESTION_SHOWN;
      const named = hosts.slice(0, HOSTS_OF_QUESTION_SHOWN).join(', ');
      return [
        `The same changes on ${hosts.length === 1 ? '1 host' : `${hosts.length} hosts`}: ${named}${more > 0 ? ` and ${more} more` : ''}`,
        ...(isHalted
          ? []
          : [
              commands([
                `patchcycle rollout approve ${name} --changes ${digest}`,
                `patchcycle rollout reject ${name} --changes ${digest}`,
              ]),
            ]),
      ];
    }),
    `The plans: \`patchcycle rollout plans ${name}\``,
  ].join('\n\n');
}

function people(
  members: readonly RolloutMember[],
  approval: RolloutInput['approval'],
): string | null {
  const waiting = askedOneByOne(members, approval);
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
