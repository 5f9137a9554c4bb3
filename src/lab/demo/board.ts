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

/** All hosts below each other, each with as many of its newest steps as the screen has room for. */
export function boardLines(
  players: readonly Player[],
  look: Look,
  nowMs: number,
  spinner: string,
): string[] {
  const room = Math.floor((look.height - 1) / Math.max(1, players.length)) - LINES_AROUND_STEPS;
  const stepsShown = Math.max(STEPS_SHOWN_MIN, room);
  return players.flatMap((player) => playerLines(player, look, nowMs, spinner, stepsShown));
}

function playerLines(
  { host, story, latest, report }: Player,
  look: Look,
  nowMs: number,
  spinner: string,
  stepsShown: number,
): string[] {
  const { paint, width } = look;
  const state = report?.outcome ?? latest?.cycle?.state.name ?? 'starting';
  const steps = report?.steps ?? latest?.cycle?.steps ?? [];
  const hidden = Math.max(0, steps.length - stepsShown);
  const done = hidden === 0 ? '' : paint('dim', `  (${hidden} steps before)`);
  const title = `${paint('bold', host)}  ${stateWord(state, look)}${done}`;
  const below = report === null ? story : plain(report.explanation);
  return [
    title,
    `  ${paint('dim', cut(below, width - 2))}`,
    ...stepLines(steps.slice(hidden), look, nowMs, spinner),
  ];
}
