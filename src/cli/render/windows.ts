import type { Openings } from '../../client/index.ts';
import { formatDuration } from '../../domain/duration.ts';
import { plain, type Look } from '../paint.ts';
import { table } from './table.ts';

type Shown = Openings & { host: string; policy: string; yourTimeZone: string };

/** The next openings in the window's and one's own time zone, and below them the blackouts. */
export function windowsText(shown: Shown, look: Look): string {
  const { host, policy, timeZone, openings, blackouts } = shown;
  const { paint } = look;
  if (timeZone === null && blackouts.length === 0) {
    return `${host} may be changed at any time: its policy ${policy} has no window and no blackouts ahead.`;
  }
  const none = openings.length === 0;
  return [
    paint('bold', `${host}, policy ${policy}`),
    none ? 'Its window never opens again (within ten years).' : openingsTable(shown, look),
    ...(blackouts.length === 0 ? [] : ['', ...blackoutLines(shown)]),
  ].join('\n');
}

function openingsTable({ timeZone, yourTimeZone, openings }: Shown, look: Look): string {
  const zones = [...new Set([timeZone ?? yourTimeZone, yourTimeZone])];
  const rows = openings.map(({ opensAt, closesAt, longEnough }) => [
    ...zones.map((zone) => localTime(opensAt, zone)),
    formatDuration(Date.parse(closesAt) - Date.parse(opensAt)),
    longEnough ? '' : look.paint('yellow', 'too short for a cycle'),
  ]);
  return table([...zones.map((zone) => `OPENS (${zone})`), 'FOR', ''], rows, look);
}

function blackoutLines({ timeZone, yourTimeZone, blackouts }: Shown): string[] {
  const zone = timeZone ?? yourTimeZone;
  return [
    `Blackouts (${zone}):`,
    ...blackouts.map(
      ({ from, to, why }) => `  ${localTime(from, zone)} to ${localTime(to, zone)}  ${plain(why)}`,
    ),
  ];
}

/** `Sat 2026-11-28 02:00` */
function localTime(instant: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant));
  const part = (name: string) => parts.find(({ type }) => type === name)?.value ?? '';
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}
