import type { Context } from '../../cli/kit.ts';
import { FRAME_MS, Live, spinnerAt } from '../../cli/live.ts';
import { plainProgress } from '../../cli/show-progress.ts';
import type { HostStatus } from '../../client/index.ts';
import type { Report } from '../../domain/report.ts';
import { boardLines, type Player } from './board.ts';

/** Where the hosts are shown: a board that is redrawn on a terminal, lines elsewhere. */
export type Board = {
  look(status: HostStatus): void;
  finish(report: Report): void;
  note(line: string): void;
  /** Takes the board away, for a question. */
  pause(): void;
  resume(): void;
  /** Leaves the board as it is. */
  end(): void;
};

/** The players are looked at whenever the board is drawn. */
export function openBoard(context: Context, players: readonly Player[]): Board {
  return context.io.stderr.isTTY === true ? liveBoard(context, players) : lineBoard(context);
}

function liveBoard({ io, errLook }: Context, players: readonly Player[]): Board {
  const live = new Live(io.stderr);
  let paused = false;
  const draw = () => {
    if (paused) return;
    const nowMs = Date.now();
    live.show(boardLines(players, errLook, nowMs, spinnerAt(nowMs)));
  };
  const timer = setInterval(draw, FRAME_MS);
  return {
    look: () => undefined,
    finish: () => undefined,
    note: (line) => live.note(line),
    pause() {
      paused = true;
      live.clear();
    },
    resume() {
      paused = false;
    },
    end() {
      clearInterval(timer);
      draw();
      live.end();
    },
  };
}

function lineBoard(context: Context): Board {
  const progress = plainProgress(context);
  return {
    look: (status) => progress.look(status),
    finish: (report) => progress.finish(report),
    note: (line) => context.say(line),
    pause: () => undefined,
    resume: () => undefined,
    end: () => undefined,
  };
}
