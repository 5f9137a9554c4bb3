import { formatDuration } from '../../domain/duration.ts';
import type { Look } from '../paint.ts';

/** How long ago, for people: `12m ago`. Clocks differ, so a moment in the future is "now". */
export function ago(isoTime: string, nowMs: number): string {
  const passedMs = nowMs - Date.parse(isoTime);
  const wholeSecondsMs = Math.floor(passedMs / 1_000) * 1_000;
  return passedMs < 1_000 ? 'now' : `${formatDuration(wholeSecondsMs)} ago`;
}

export function bytes(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = sizeBytes;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** `1 package`, `2 packages`. */
export function count(amount: number, thing: string): string {
  return `${amount} ${thing}${amount === 1 ? '' : 's'}`;
}

const GOOD = ['patched', 'up-to-date'];
const BAD = [
  'restored',
  'failed',
  'lost',
  'halted',
  'needs-attention',
  'terminated',
  'timed_out',
  'accepted-as-is',
];
const WAITING = [
  'awaiting-approval',
  'awaiting-window',
  'awaiting-slot',
  'rejected',
  'expired',
  'aborted',
  'canceled',
];

/** A state or an outcome in the colour that says whether somebody has to look. */
export function stateWord(state: string, { paint }: Look): string {
  if (GOOD.includes(state)) return paint('green', state);
  if (BAD.includes(state)) return paint('red', state);
  return paint(WAITING.includes(state) ? 'yellow' : 'cyan', state);
}
