import type { Config } from '../../domain/config.ts';
import { readCalendar, type CalendarEvent } from '../calendar.ts';
import type { Inventory } from '../inventory.ts';
import type { Problem } from './problem.ts';
import type { Written } from './sound-part.ts';

/** Reads a file that the operator's file names. Throws an Error with the reason when it cannot. */
export type ReadFile = (file: string) => string;

/** The calendars with their events. Of one that cannot be read there are none, and `problems` says so. */
export function readCalendars(
  { calendars }: Config,
  written: Written,
  readFile: ReadFile,
  nowMs: number,
  problems: Problem[],
): Inventory['calendars'] {
  const read: Inventory['calendars'] = {};
  // What is wrong with an entry is told where it is written, and not once more where it is named.
  for (const name of written.calendars) read[name] = { file: '', events: [] };
  for (const [name, { file }] of Object.entries(calendars)) {
    const found = readOne(file, readFile, nowMs);
    read[name] = { file, events: typeof found === 'string' ? [] : found };
    if (typeof found !== 'string') continue;
    problems.push({
      path: ['calendars', name, 'file'],
      what: 'value',
      message: `the calendar "${name}" is not usable: ${found}`,
      remedy: 'Name an iCalendar file (RFC 5545), by its path from the folder of this file.',
    });
  }
  return read;
}

/** The events, or why there are none. */
function readOne(file: string, readFile: ReadFile, nowMs: number): CalendarEvent[] | string {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const calendar = readCalendar(text, nowMs);
  return calendar.ok ? calendar.events : calendar.message;
}
