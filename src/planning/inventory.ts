import type { CalendarSource, Config } from '../domain/config.ts';
import type { CalendarEvent } from './calendar.ts';

/** The operator's file as it is worked with: its calendars are read. */
export type Inventory = Config & {
  calendars: Record<string, CalendarSource & { events: CalendarEvent[] }>;
};
