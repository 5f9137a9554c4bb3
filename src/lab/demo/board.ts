import type { HostStatus } from '../../client/index.ts';
import type { Report } from '../../domain/report.ts';
import { cut, plain, type Look } from '../../cli/paint.ts';
import { stepLines } from '../../cli/render/steps.ts';
import { stateWord } from '../../cli/render/words.ts';

/** One host on the board. */
export type Player = {
  host: string;
  story: string;
  latest: HostStatus | null;
  report: Report | null;
};

/** Fewer than this would hide what a host is doing now. */
const STEPS_SHOWN_MIN = 2;
/** Name and state, what the host is. */
const LINES_AROUND_STEPS = 2;

/** All hosts below each other, each that still runs with as many of its newest steps as there is room for. */
export function boardLines(
  players: readonly Player[],
  look: Look,
  nowMs: number,
  spinner: string,
): string[] {
  const over = players.flatMap(({ report }) =>
    report === null ? [] : [[report.host, endedLines(report, look, nowMs)] as const],
  );
  const endings = new Map(over);
  const taken = over.reduce((sum, [, lines]) => sum + lines.length, 0);
  const running = Math.max(1, players.length - over.length);
  const room = Math.floor((look.height - 1 - taken) / running) - LINES_AROUND_STEPS;
  const stepsShown = Math.max(STEPS_SHOWN_MIN, room);
  return players.flatMap(
    (player) => endings.get(player.host) ?? runningLines(player, look, nowMs, spinner, stepsShown),
  );
}

function runningLines(
  { host, story, latest }: Player,
  look: Look,
  nowMs: number,
  spinner: string,
  stepsShown: number,
): string[] {
  const { paint, width } = look;
  const { state, steps } = latest?.cycle ?? { state: { name: 'starting' }, steps: [] };
  const hidden = Math.max(0, steps.length - stepsShown);
  const before = hidden === 0 ? '' : paint('dim', `  (${hidden} steps before)`);
  return [
    `${paint('bold', host)}  ${stateWord(state.name, look)}${before}`,
    `  ${paint('dim', cut(story, width - 2))}`,
    ...stepLines(steps.slice(hidden), look, nowMs, spinner),
  ];
}

/** How a host ended; of one that went wrong also what failed and what was done about it. */
function endedLines({ host, outcome, explanation, steps }: Report, look: Look, nowMs: number) {
  const { paint, width } = look;
  const failed = steps.findIndex(({ status }) => status === 'failed');
  return [
    `${paint('bold', host)}  ${stateWord(outcome, look)}`,
    `  ${paint('dim', cut(plain(explanation), width - 2))}`,
    ...(failed === -1 ? [] : stepLines(steps.slice(failed), look, nowMs)),
  ];
}
