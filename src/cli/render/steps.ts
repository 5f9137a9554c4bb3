import { formatDuration } from '../../domain/duration.ts';
import type { StepRecord } from '../../domain/report.ts';
import { cut, plain, type Look } from '../paint.ts';

/** The longest name, `reboot-and-wait`, and the longest usual time, `59m 59s`. */
const NAME_WIDTH = 15;
const TIME_WIDTH = 7;

/** One line for each step: mark, name, time taken, what came of it. `spinner` marks the running one. */
export function stepLines(
  steps: readonly StepRecord[],
  look: Look,
  nowMs: number,
  spinner: string = look.symbols.waiting,
): string[] {
  return steps.map((step) => stepLine(step, look, nowMs, spinner));
}

function stepLine(record: StepRecord, look: Look, nowMs: number, spinner: string): string {
  const { paint, symbols, width } = look;
  const marks = {
    done: paint('green', symbols.done),
    failed: paint('red', symbols.failed),
    skipped: paint('dim', symbols.skipped),
    running: paint('cyan', spinner),
  };
  const time = record.status === 'skipped' ? '' : formatDuration(tookMs(record, nowMs));
  const start = `  ${marks[record.status]} ${record.step.padEnd(NAME_WIDTH)} ${time.padStart(TIME_WIDTH)}`;
  const room = width - (4 + NAME_WIDTH + 1 + TIME_WIDTH) - 3;
  const summary = cut(plain(record.summary), room, symbols.cut);
  const said = record.status === 'skipped' ? paint('dim', summary) : summary;
  return summary === '' ? start : `${start}  ${said}`;
}

export function tookMs({ startedAt, endedAt }: StepRecord, nowMs: number): number {
  return (endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt);
}
