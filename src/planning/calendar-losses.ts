/**
 * What an event of an iCalendar file may say and the library passes over without a word. Each would
 * be a blackout that is lost, so a file that says it is refused.
 */
const PASSED_OVER: readonly (readonly [RegExp, string])[] = [
  [/^RDATE[;:]/im, 'has more days by RDATE, which are not read; make an event of each'],
  [/^RRULE:[^]*^RRULE:/im, 'repeats by two rules, of which one is read; make two events of it'],
  [
    /^RECURRENCE-ID[^:\n]*;RANGE=/im,
    'changes everything from one day on (RANGE=THISANDFUTURE), which is not read; make two events of it',
  ],
  [/^DURATION[^:\n]*:(?!\+?P(?:\d|T\d))/im, 'has a length that cannot be read'],
];

/** The first event of which something would be lost, in words; null when there is none. The lines are unfolded. */
export function lossIn(text: string): string | null {
  for (const rest of text.split(/^BEGIN:VEVENT\s*$/im).slice(1)) {
    const [event = ''] = rest.split(/^END:VEVENT/im);
    const said =
      PASSED_OVER.find(([pattern]) => pattern.test(event))?.[1] ??
      impossibleDay(event) ??
      untoldZone(event, text);
    if (said !== null) return `the event ${nameOf(event)} ${said}`;
  }
  return null;
}

/** The library takes November 31 for December 1. */
function impossibleDay(event: string): string | null {
  const days = event.matchAll(/^DT(?:START|END)[^:\n]*:(\d{4})(\d\d)(\d\d)/gim);
  for (const [, year, month, day] of days) {
    const date = `${year}-${month}-${day}`;
    const ms = Date.parse(`${date}T00:00:00Z`);
    if (Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(date)) {
      return `names the day ${date}, which does not exist`;
    }
  }
  return null;
}

/** The name of no zone in particular: where the file does not tell it, the library takes this machine's own. */
const NAMELESS = /;TZID="?(Customized Time Zone[^":;\r\n]*)/i;

function untoldZone(event: string, text: string): string | null {
  const [, zone] = NAMELESS.exec(event) ?? [];
  if (zone === undefined || text.split(/\r?\n/).includes(`TZID:${zone}`)) return null;
  return `is in the time zone "${zone}", which is told nowhere`;
}

function nameOf(event: string): string {
  const [, name = 'without a name'] = /^SUMMARY[^:\n]*:(.*)$/im.exec(event) ?? [];
  return JSON.stringify(name.trim().slice(0, 60));
}
