/**
 * The part of RFC 5545 section 3.3.10 that says on which days a maintenance window opens. Parsed
 * here and not left to the recurrence library, which drops what it does not know without a word:
 * `BYMONTHDAY=32` would become "every month".
 */

export type Recurrence = {
  /** The rule without UNTIL, which is an instant or a local day and is compared by the window itself. */
  rule: string;
  until: { kind: 'instant'; ms: number } | { kind: 'day'; date: string } | null;
  /** Whether the days that are meant can only be told from a first day. */
  needsFirstDay: boolean;
};

export type ParsedRecurrence =
  { ok: true; recurrence: Recurrence } | { ok: false; problems: string[] };

const WEEKDAY = '(?:MO|TU|WE|TH|FR|SA|SU)';

/** A list of whole numbers with a largest absolute value; 0 is never one of them. */
function numbers(max: number, negative: boolean): (value: string) => boolean {
  const one = negative ? /^[+-]?\d{1,3}$/ : /^\d{1,3}$/;
  return (value) =>
    value.split(',').every((item) => {
      const number = Math.abs(Number(item));
      return one.test(item) && number >= 1 && number <= max;
    });
}

function matches(pattern: RegExp): (value: string) => boolean {
  return (value) => pattern.test(value);
}

/** Every part that a window's rule may have, with what its value must look like. */
const PARTS: Record<string, { valid: (value: string) => boolean; looks: string }> = {
  FREQ: {
    valid: matches(/^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/),
    looks: 'DAILY, WEEKLY, MONTHLY or YEARLY; a window opens once a day at most',
  },
  // Beyond a thousand the next opening would lie outside of every search.
  INTERVAL: {
    valid: (value) => /^[1-9]\d{0,3}$/.test(value) && Number(value) <= 1_000,
    looks: 'a whole number from 1 to 1000',
  },
  COUNT: { valid: matches(/^[1-9]\d{0,3}$/), looks: 'a whole number from 1 to 9999' },
  UNTIL: {
    valid: (value) => parseUntil(value) !== null,
    looks: 'a day (20271231) or an instant in UTC (20271231T235959Z)',
  },
  BYDAY: {
    valid: matches(
      new RegExp(`^(?:[+-]?[1-9]\\d?)?${WEEKDAY}(?:,(?:[+-]?[1-9]\\d?)?${WEEKDAY})*$`),
    ),
    looks: 'days of the week such as SA, MO,TU or 2TU',
  },
  BYMONTHDAY: {
    valid: numbers(31, true),
    looks: 'days of the month from 1 to 31, or -1 to -31 from its end',
  },
  BYYEARDAY: {
    valid: numbers(366, true),
    looks: 'days of the year from 1 to 366, or -1 to -366 from its end',
  },
  BYWEEKNO: {
    valid: numbers(53, true),
    looks: 'weeks of the year from 1 to 53, or -1 to -53 from its end',
  },
  BYMONTH: { valid: numbers(12, false), looks: 'months from 1 to 12' },
  BYSETPOS: {
    valid: numbers(366, true),
    looks: 'positions from 1 to 366, or -1 to -366 from the end',
  },
  WKST: { valid: matches(new RegExp(`^${WEEKDAY}$`)), looks: 'one day of the week' },
};

/** Parts of the RFC that say a time, which a window has in its own field. */
const TIME_PARTS = ['BYHOUR', 'BYMINUTE', 'BYSECOND', 'DTSTART'];

/** Parses a rule, and says everything that is wrong with it at once. */
export function parseRecurrence(text: string): ParsedRecurrence {
  const parts = new Map<string, string>();
  const problems: string[] = [];
  for (const part of text.split(';')) {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(part) ?? [];
    const problem = problemOfPart(part, name, value, parts);
    if (problem === null) parts.set(name, value);
    else problems.push(problem);
  }
  if (problems.length === 0) problems.push(...problemsOfWhole(parts));
  if (problems.length > 0) return { ok: false, problems };
  const until = parts.get('UNTIL');
  const rule = [...parts]
    .filter(([name]) => name !== 'UNTIL')
    .map(([name, value]) => `${name}=${value}`);
  return {
    ok: true,
    recurrence: {
      rule: rule.join(';'),
      until: until === undefined ? null : parseUntil(until),
      needsFirstDay: needsFirstDay(parts),
    },
  };
}

function problemOfPart(
  part: string,
  name: string,
  value: string,
  before: ReadonlyMap<string, string>,
): string | null {
  const shown = JSON.stringify(part.slice(0, 60));
  if (TIME_PARTS.includes(name)) {
    return `the rule says ${name}; the time of day belongs into "start" and the first day into "from"`;
  }
  const known = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (known === undefined) {
    return `the rule has ${shown}; it consists of ${Object.keys(PARTS).join(', ')} as NAME=VALUE, upper case, joined by semicolons`;
  }
  if (before.has(name)) return `the rule says ${name} twice`;
  return known.valid(value) ? null : `the rule has ${shown}; ${name} is ${known.looks}`;
}

/** The combinations that RFC 5545 forbids. */
function problemsOfWhole(parts: ReadonlyMap<string, string>): string[] {
  const problems: string[] = [];
  const freq = parts.get('FREQ');
  if (freq === undefined) return ['the rule says no FREQ: DAILY, WEEKLY, MONTHLY or YEARLY'];
  if (parts.has('COUNT') && parts.has('UNTIL'))
    problems.push('the rule says both COUNT and UNTIL; one of them is enough');
  if (
    /\d/.test(parts.get('BYDAY') ?? '') &&
    (!['MONTHLY', 'YEARLY'].includes(freq) || parts.has('BYWEEKNO'))
  ) {
    problems.push(
      'a numbered day such as 2TU goes with FREQ=MONTHLY, or with FREQ=YEARLY without BYWEEKNO',
    );
  }
  if (parts.has('BYMONTHDAY') && freq === 'WEEKLY')
    problems.push('BYMONTHDAY does not go with FREQ=WEEKLY');
  if (parts.has('BYYEARDAY') && freq !== 'YEARLY')
    problems.push('BYYEARDAY goes with FREQ=YEARLY only');
  if (parts.has('BYWEEKNO') && freq !== 'YEARLY')
    problems.push('BYWEEKNO goes with FREQ=YEARLY only');
  const selects = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYMONTH'].some((name) =>
    parts.has(name),
  );
  if (parts.has('BYSETPOS') && !selects)
    problems.push('BYSETPOS chooses from what another BY... part names, and there is none');
  return problems;
}

function needsFirstDay(parts: ReadonlyMap<string, string>): boolean {
  if (parts.has('COUNT') || Number(parts.get('INTERVAL') ?? 1) > 1) return true;
  const freq = parts.get('FREQ');
  const has = (...names: string[]): boolean => names.some((name) => parts.has(name));
  if (freq === 'WEEKLY') return !has('BYDAY');
  if (freq === 'MONTHLY') return !has('BYDAY', 'BYMONTHDAY');
  if (freq === 'YEARLY') return !has('BYDAY', 'BYMONTHDAY', 'BYYEARDAY');
  return false;
}

function parseUntil(value: string): Recurrence['until'] {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(T\d{6}Z)?$/.exec(value) ?? [];
  if (year === undefined) return null;
  const date = `${year}-${month}-${day}`;
  if (!isDate(date)) return null;
  if (time === undefined) return { kind: 'day', date };
  const ms = Date.parse(`${date}T${time.slice(1, 3)}:${time.slice(3, 5)}:${time.slice(5, 7)}Z`);
  return Number.isNaN(ms) ? null : { kind: 'instant', ms };
}

/** Whether the day exists; JavaScript's own parser takes February 30 for March 2. */
function isDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}
