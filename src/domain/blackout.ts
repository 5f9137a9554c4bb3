import { z } from 'zod';
import { Reason, ShortName } from './names.ts';

const Day = z.iso.date('a day reads 2026-12-24');

/**
 * When disruption is never allowed: whole local days from the first to the last, both included, or
 * the events of a calendar that the operator's file names.
 */
export const Blackout = z
  .strictObject({
    from: Day.optional(),
    /** The last day; the first one is it when this is left out. */
    to: Day.optional(),
    why: Reason.optional(),
    calendar: ShortName.optional(),
    /** Whose days are meant; otherwise those of the window's time zone. */
    timeZone: z.string().min(1).max(64).optional(),
  })
  .refine(
    ({ from, calendar }) => (from === undefined) !== (calendar === undefined),
    'a blackout has either its first day, "from", or a "calendar"',
  )
  .refine(
    ({ to, why, calendar }) => calendar === undefined || (to === undefined && why === undefined),
    'the days and reasons of a calendar stand in its file, so "to" and "why" do not go with it',
  )
  .refine(
    ({ from, to }) => from === undefined || to === undefined || from <= to,
    'its last day comes before its first',
  );
export type Blackout = z.infer<typeof Blackout>;

/** Three years of a calendar with a public holiday each week have fewer. */
export const BLACKOUT_SPANS_MAX = 500;

/** A blackout as a cycle carries it: from the first instant to the last, which is excluded. */
export const BlackoutSpan = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  why: z.string().max(500),
});
export type BlackoutSpan = z.infer<typeof BlackoutSpan>;
