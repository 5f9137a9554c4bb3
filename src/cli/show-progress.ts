import type { HostStatus } from '../client/index.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Report, StepRecord } from '../domain/report.ts';
import type { Context } from './kit.ts';
import { FRAME_MS, Live, spinnerAt } from './live.ts';
import { plain } from './paint.ts';
import { cycleLines, waitLines } from './render/cycle.ts';
import { stepLines, tookMs } from './render/steps.ts';

/** How a cycle that goes on is shown while it is waited for. */
export type Progress = {
  look(status: HostStatus): void;
  /** Tells what happened after the last look, then ends. */
  finish(report: Report): void;
  /** Ends the showing; may be called again. */
  end(): void;
};

/** On a terminal a live list; elsewhere one line for each thing that happens. */
export function showProgress(context: Context): Progress {
  return context.io.stderr.isTTY === true ? liveProgress(context) : plainProgress(context);
}

function liveProgress({ io, errLook, say }: Context): Progress {
  const live = new Live(io.stderr);
  let latest: HostStatus | null = null;
  const draw = () => {
    if (!latest?.cycle) return;
    // The link was told when the cycle was started, and would not fit into one line.
    const nowMs = Date.now();
    live.show(cycleLines(latest.cycle, null, errLook, nowMs, spinnerAt(nowMs)));
  };
  const timer = setInterval(draw, FRAME_MS);
  let lastNote: string | null = null;
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    live.clear();
  };
  return {
    look(status) {
      latest = status;
      if (status.note !== null && status.note !== lastNote) live.note(status.note);
      lastNote = status.note;
    },
    finish({ steps }) {
      end();
      stepLines(steps, errLook, Date.now()).forEach(say);
    },
    end,
  };
}

export function plainProgress({ say, errLook }: Pick<Context, 'say' | 'errLook'>): Progress {
  const told = new Set<string>();
  const once = (key: string, ...lines: string[]) => {
    if (told.has(key)) return;
    told.add(key);
    lines.forEach(say);
  };
  const tellSteps = (host: string, steps: readonly StepRecord[]) => {
    for (const step of steps) {
      if (step.status === 'running') continue;
      const time = step.status === 'skipped' ? '' : ` (${formatDuration(tookMs(step, 0))})`;
      once(
        `${step.step} ${step.startedAt}`,
        `${(step.endedAt ?? step.startedAt).slice(11, 19)} ${host} ${step.step} ${step.status}${time}: ${plain(step.summary)}`,
      );
    }
  };
  return {
    look({ host, cycle, note }) {
      if (note !== null) once(note, `${host}: ${note}`);
      if (cycle === null) return;
      tellSteps(host, cycle.steps);
      const waits = waitLines(cycle, errLook);
      if (waits.length > 0) once(JSON.stringify(cycle.state), `${host} ${waits.join('\n')}`);
    },
    finish: ({ host, steps }) => tellSteps(host, steps),
    end: () => undefined,
  };
}
