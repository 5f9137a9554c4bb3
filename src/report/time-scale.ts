import type { StepRecord } from '../domain/report.ts';

/** Whether the cycle waits in this step for a person or for time, while nothing happens on the host. */
export function isWait({ step, status }: StepRecord): boolean {
  return (step === 'approval' || step === 'window') && status !== 'skipped';
}

/** A wait is drawn at most this long, as a share of all the work: hours of waiting would hide minutes of work. */
const WAIT_SHARE_MAX = 0.15;

/** Where a step lies in the picture, in percent of its width. */
export type Bar = { leftPercent: number; widthPercent: number };

/**
 * Positions of the steps on one time line, in the order of the steps. Time in which no step works
 * (an approval or a window is waited for, or a person is needed) is shortened.
 */
export function timeScale(steps: readonly StepRecord[], endedAt: string): Bar[] {
  const spans = steps.map((record) => {
    const { startedAt, endedAt: end } = record;
    const fromMs = Date.parse(startedAt);
    return {
      fromMs,
      toMs: Math.max(fromMs, Date.parse(end ?? endedAt)),
      waits: isWait(record),
    };
  });
  const moments = [...new Set(spans.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))].sort(
    (a, b) => a - b,
  );
  const pieces = moments.slice(1).map((toMs, index) => {
    const fromMs = moments[index] ?? toMs;
    const works = spans.some((span) => !span.waits && span.fromMs < toMs && span.toMs > fromMs);
    return { fromMs, toMs, works };
  });
  const workMs = pieces.reduce(
    (sum, { fromMs, toMs, works }) => sum + (works ? toMs - fromMs : 0),
    0,
  );
  const waitMaxMs = Math.max(1, workMs * WAIT_SHARE_MAX);

  const positions = new Map<number, number>();
  let position = 0;
  positions.set(moments[0] ?? 0, 0);
  for (const { fromMs, toMs, works } of pieces) {
    position += works ? toMs - fromMs : Math.min(toMs - fromMs, waitMaxMs);
    positions.set(toMs, position);
  }
  const whole = Math.max(position, 1);
  return spans.map(({ fromMs, toMs }) => {
    const left = positions.get(fromMs) ?? 0;
    const width = (positions.get(toMs) ?? left) - left;
    return {
      leftPercent: (100 * left) / whole,
      widthPercent: (100 * width) / whole,
    };
  });
}
