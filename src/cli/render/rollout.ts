import type { RolloutStatus, RolloutSummary } from '../../client/index.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { RolloutInput, RolloutMember, RolloutView } from '../../domain/rollout.ts';
import {
  askedOneByOne,
  countByWord,
  questionsForMany,
  withoutSuccess,
  wordOf,
} from '../../planning/rollout-summary.ts';
import { nextOpening } from '../../planning/windows.ts';
import { cut, plain, wrapped, type Look, type Style } from '../paint.ts';
import { GAP, table } from './table.ts';
import { ago, count, stateWord } from './words.ts';

/** A thousand hosts stay readable: the waves are counted, and only those are named that matter to somebody. */
const HOSTS_NAMED = 12;

export function rolloutsText(
  rollouts: readonly RolloutSummary[],
  look: Look,
  nowMs: number,
): string {
  if (rollouts.length === 0) return 'No rollout is known. Start one: patchcycle rollout start';
  const rows = rollouts.map(({ name, state, closedAt, startedAt }) => [
    name,
    stateWord(state, look),
    ago(closedAt ?? startedAt, nowMs),
  ]);
  return table(['ROLLOUT', 'STATE', 'SINCE'], rows, look);
}

export function statusText(
  { name, rollout, link, note, running }: RolloutStatus,
  look: Look,
): string {
  const { paint, symbols } = look;
  const warning = note === null ? [] : [`${paint('yellow', symbols.warning)} ${plain(note)}`];
  if (rollout !== null) return [rolloutText(rollout, link, look), ...warning].join('\n');
  return [`${paint('bold', name)}: ${running ? 'running' : 'over'}`, ...warning].join('\n');
}

/** Where a rollout stands: its waves, who is waited for, and what moves it on. */
export function rolloutText(view: RolloutView, link: string | null, look: Look): string {
  const { members, waves, wave, requestedBy, reason, startedAt } = view;
  const { paint, width } = look;
  const why = reason === undefined ? '' : `: ${plain(reason)}`;
  return [
    headline(view, look),
    paint(
      'dim',
      cut(
        `  ${count(members.length, 'host')} in ${count(waves, 'wave')}, asked for by ${requestedBy} at ${startedAt}${why}`,
        width,
      ),
    ),
    ...(link === null ? [] : [`  ${link}`]),
    '',
    wavesTable(waves, wave, view.state.name !== 'ended', members, look),
    ...windows(view, Date.now(), look),
    ...questions(view, look),
    ...named('waiting for a person', askedOneByOne(members, view.rules.approval), 'status', look),
    ...named('did not come through', withoutSuccess(members), 'report', look),
    ...moves(view, look),
  ].join('\n');
}

/** Why a rollout has stopped is never cut off: it takes as many lines as it needs. */
function headline({ name, state }: RolloutView, look: Look): string {
  const { paint } = look;
  const { colour, word, rest = '' } = stateOf(state);
  const [title = '', ...more] = wrapped(`rollout ${name}: ${word}${rest}`, look, '').split('\n');
  const painted = title
    .replace(`rollout ${name}`, (text) => paint('bold', text))
    .replace(`: ${word}`, `: ${paint(colour, word)}`);
  const narrower = { ...look, width: look.width - INDENT.length };
  return [painted, ...(more.length === 0 ? [] : [wrapped(more.join(' '), narrower, INDENT)])].join(
    '\n',
  );
}

const INDENT = '  ';

function stateOf(state: RolloutView['state']): { colour: Style; word: string; rest?: string } {
  switch (state.name) {
    case 'running':
      return { colour: 'cyan', word: 'running' };
    case 'soaking':
      return { colour: 'cyan', word: 'soaking', rest: ` until ${state.until}` };
    case 'paused':
    case 'aborting':
      return { colour: 'yellow', word: state.name, rest: ` by ${state.by} since ${state.since}` };
    case 'halted':
      return { colour: 'red', word: 'halted', rest: ` since ${state.since}: ${plain(state.why)}` };
    case 'ended':
      return { colour: state.outcome === 'finished' ? 'green' : 'yellow', word: state.outcome };
  }
}

function wavesTable(
  waves: number,
  current: number,
  goesOn: boolean,
  members: readonly RolloutMember[],
  look: Look,
): string {
  const room = look.width - WAVE_HEADINGS.join(GAP).length - GAP.length;
  const rows = Array.from({ length: waves }, (_, wave) => {
    const hosts = members.filter((member) => member.wave === wave);
    const [first = '', ...more] = countLines(hosts, room, look);
    const mark = goesOn && wave === current ? '>' : ' ';
    return [
      [`${mark} ${wave + 1}`, String(hosts.length), first],
      ...more.map((line) => ['', '', line]),
    ];
  }).flat();
  return table([...WAVE_HEADINGS, 'WHERE THEY STAND'], rows, look);
}

const WAVE_HEADINGS = ['  WAVE', 'HOSTS'];

/** `3 patched, 1 restored`, in as many lines as it takes: the last of them may be the one that matters. */
function countLines(hosts: readonly RolloutMember[], room: number, look: Look): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let length = 0;
  for (const [word, amount] of countByWord(hosts)) {
    const added = `${amount} ${word}, `.length;
    if (line.length > 0 && length + added > room) {
      lines.push(`${line.join(', ')},`);
      [line, length] = [[], 0];
    }
    line.push(`${amount} ${stateWord(word, look)}`);
    length += added;
  }
  return [...lines, line.join(', ')];
}

/** When hosts may be disrupted, where that is not always. */
function windows({ times, state }: RolloutView, nowMs: number, { width }: Look): string[] {
  if (state.name === 'ended') return [];
  const lines = times
    .filter(({ window, blackouts = [] }) => window !== undefined || blackouts.length > 0)
    .map((policy) => {
      const opening = nextOpening(policy, nowMs, 0);
      const when =
        opening === null
          ? 'never opens again'
          : opening.opensAtMs <= nowMs
            ? `is open, ${formatDuration(opening.closesAtMs - nowMs)} are left`
            : `opens in ${formatDuration(opening.opensAtMs - nowMs)}`;
      return cut(`  the window of ${policy.name} ${when}`, width);
    });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** The digits of a digest that the command line takes for the whole. */
const DIGITS = 12;

function approveCommand(name: string, changes: string): string {
  return `patchcycle rollout approve ${name} --changes ${changes.slice(0, DIGITS)}`;
}

function questions({ name, members, rules, state }: RolloutView, { paint, width }: Look): string[] {
  const asked = questionsForMany(members, rules.approval);
  if (asked.length === 0) return [];
  const scope = rules.approval === 'once' ? 'for the whole rollout' : 'for its wave';
  const isHalted = state.name === 'halted';
  const when = isHalted ? 'when it is resumed' : `once ${scope}`;
  return [
    '',
    `A person is asked, ${when}. The plans:`,
    paint('cyan', `    patchcycle rollout plans ${name}`),
    ...asked
      .slice(0, HOSTS_NAMED)
      .flatMap(({ changes, hosts }) => [
        cut(`  ${count(hosts.length, 'host')}: ${hosts.slice(0, HOSTS_NAMED).join(', ')}`, width),
        ...(isHalted ? [] : [paint('cyan', `    ${approveCommand(name, changes)}`)]),
      ]),
  ];
}

function named(
  what: string,
  members: readonly RolloutMember[],
  command: string,
  look: Look,
): string[] {
  if (members.length === 0) return [];
  const { paint } = look;
  const shown = members.slice(0, HOSTS_NAMED);
  const more = members.length - shown.length;
  const longest = Math.max(...shown.map((member) => wordOf(member).length));
  return [
    '',
    `${count(members.length, 'host')} ${what}:`,
    ...shown.map((member) => {
      const word = wordOf(member);
      const gap = ' '.repeat(longest - word.length);
      const way = paint('cyan', `patchcycle ${command} ${member.host}`);
      return `  ${stateWord(word, look)}${gap}  ${way}`;
    }),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function moves({ name, state }: RolloutView, { paint }: Look): string[] {
  const ways: Partial<Record<RolloutView['state']['name'], string[]>> = {
    paused: ['resume', 'abort'],
    halted: [`retry ${name} HOST`, `skip ${name} HOST --why "..."`, 'resume', 'abort'],
  };
  const lines = (ways[state.name] ?? []).map((way) =>
    paint('cyan', `    patchcycle rollout ${way.includes(' ') ? way : `${way} ${name}`}`),
  );
  return lines.length === 0 ? [] : ['', 'To move it on:', ...lines];
}

/** In a sentence about cycles that ask for an approval at all. */
const ASKED: Record<RolloutInput['approval'], string> = {
  host: 'approval host by host',
  wave: 'one approval a wave',
  once: 'one approval for all',
};

/** What a rollout would do, before it is started. */
export function plannedText(name: string, input: RolloutInput, look: Look): string {
  const { waves, soak, halt, approval, atOnce, budgets } = input;
  const rows = waves.map((hosts, wave) => {
    const more = hosts.length > HOSTS_NAMED ? `, and ${hosts.length - HOSTS_NAMED} more` : '';
    const names = hosts.slice(0, HOSTS_NAMED).map(({ host }) => host);
    return [String(wave + 1), String(hosts.length), names.join(', ') + more];
  });
  const limits = budgets.map(({ group, slots }) => `${group} ${slots}`).join(', ');
  return [
    `${look.paint('bold', `rollout ${name}`)} would patch ${count(waves.flat().length, 'host')}; nothing was started`,
    '',
    table(['WAVE', 'HOSTS', 'WHICH'], rows, look),
    '',
    `soak ${soak} between waves; halts at ${halt} in a wave; ${ASKED[approval]}; ${atOnce} cycles at once`,
    ...(limits === '' ? [] : [`disrupted at once at most: ${limits}`]),
  ].join('\n');
}
