import { z } from 'zod';
import { CalendarSource, HostEntry, type Config } from '../../domain/config.ts';
import { Group } from '../../domain/group.ts';
import { HostName, ShortName } from '../../domain/names.ts';
import { Policy } from '../../domain/policy.ts';

/** The names that stand in the file, also of what is written wrongly. */
export type Written = Record<Section, string[]>;
type Section = Exclude<keyof Config, 'review'>;

/**
 * What of a file that has errors is in order by itself: so that its other errors, which only show
 * when values are seen together, are told at once with them.
 */
export function soundPart(value: unknown): Config {
  return {
    policies: soundEntries(sectionOf(value, 'policies'), ShortName, Policy),
    groups: soundEntries(sectionOf(value, 'groups'), ShortName, Group),
    calendars: soundEntries(sectionOf(value, 'calendars'), ShortName, CalendarSource),
    hosts: soundEntries(sectionOf(value, 'hosts'), HostName, HostEntry),
    review: {},
  };
}

export function writtenNames(value: unknown): Written {
  return {
    policies: Object.keys(sectionOf(value, 'policies')),
    groups: Object.keys(sectionOf(value, 'groups')),
    calendars: Object.keys(sectionOf(value, 'calendars')),
    hosts: Object.keys(sectionOf(value, 'hosts')),
  };
}

function soundEntries<T>(
  section: object,
  name: z.ZodType<string>,
  schema: z.ZodType<T>,
): Record<string, T> {
  const entries = Object.entries(section).flatMap(([key, value]) => {
    const parsed = schema.safeParse(value);
    return parsed.success && name.safeParse(key).success ? [[key, parsed.data] as const] : [];
  });
  return Object.fromEntries(entries);
}

const Sections = z.record(z.string(), z.unknown());

function sectionOf(value: unknown, name: Section): object {
  const sections = Sections.safeParse(value);
  const section = sections.success ? sections.data[name] : undefined;
  return typeof section === 'object' && section !== null ? section : {};
}
