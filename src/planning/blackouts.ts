import { BLACKOUT_SPANS_MAX, type Blackout, type BlackoutSpan } from '../domain/blackout.ts';
import type { Policy } from '../domain/policy.ts';
import type { CalendarEvent } from './calendar.ts';
import { didYouMean } from './did-you-mean.ts';
import { instantMs, timeZoneProblem } from './time-zone.ts';

/** Calendars by name, as the operator's file names them. */
export type Calendars = Readonly<Record<string, { events: readonly CalendarEvent[] }>>;

type Blacked = Pick<Policy, 'window' | 'blackouts'>;

/** What is wrong with a policy's blackouts, each with its place in the list. */
export function blackoutProblems(
  policy: Blacked,
  calendars: Calendars,
): { index: number; message: string }[] {
  const problems = policy.blackouts.flatMap((blackout, index) => {
    const message = problemOf(blackout, policy, calendars);
    return message === null ? [] : [{ index, message }];
  });
  if (problems.length > 0) return problems;
  const count = spansOf(policy, calendars).length;
  if (count <= BLACKOUT_SPANS_MAX) return [];
  const message = `these blackouts are ${count} spans of time in three years, and ${BLACKOUT_SPANS_MAX} are allowed`;
  return [{ index: 0, message }];
}

function problemOf(blackout: Blackout, policy: Blacked, calendars: Calendars): string | null {
  const { calendar } = blackout;
  if (calendar !== undefined && !Object.hasOwn(calendars, calendar)) {
    return `there is no calendar "${calendar}"${didYouMean(calendar, Object.keys(calendars)) ?? ''}`;
  }
  const zone = zoneOf(blackout, policy);
  if (zone === undefined) {
    return 'it has to say whose days are meant, because the policy has no window: add a "timeZone"';
  }
  return blackout.timeZone === undefined ? null : timeZoneProblem(zone);
}

/**
 * The policy's blackouts as spans of time, in their order.
 * Only for a policy in which {@link blackoutProblems} finds nothing; otherwise it throws.
 */
export function spansOf(policy: Blacked, calendars: Calendars): BlackoutSpan[] {
  return policy.blackouts
    .flatMap((blackout) => {
      const zone = zoneOf(blackout, policy);
      if (zone === undefined) throw new Error('a blackout without a time zone was not refused');
      return eventsOf(blackout, calendars).map(({ from, to, why }) => ({
        from: instant(from, zone),
        to: instant(to, zone),
        why,
      }));
    })
    .sort((one, other) => (one.from < other.from ? -1 : 1));
}

function zoneOf({ timeZone }: Blackout, { window }: Blacked): string | undefined {
  return timeZone ?? window?.timeZone;
}

function eventsOf(blackout: Blackout, calendars: Calendars): readonly CalendarEvent[] {
  const { calendar, from, to = from, why = 'a blackout' } = blackout;
  if (calendar !== undefined) return calendars[calendar]?.events ?? [];
  if (from === undefined || to === undefined) throw new Error('a blackout without a day');
  return [{ from, to: dayAfter(to), why }];
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}

function instant(text: string, zone: string): string {
  return text.endsWith('Z') ? text : new Date(instantMs(text, zone)).toISOString();
}
