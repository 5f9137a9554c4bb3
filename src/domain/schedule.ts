import { z } from 'zod';
import { Duration, durationMs } from './duration.ts';
import { LocalTime } from './local-time.ts';

/** Temporal takes no shorter one. */
const CATCH_UP_MIN_MS = 10_000;
const CATCH_UP_MAX_MS = 7 * 86_400_000;
const JITTER_MAX_MS = 86_400_000;

/** The name of the schedule that reviews the fleet, among those of policies: no policy can have it. */
export const REVIEW_SCHEDULE = 'policy-review';

/** When a rollout over the hosts of a policy, or a review of the fleet, begins by itself. */
export const ScheduleRule = z.strictObject({
  /** The days, in the part of RFC 5545 that Temporal's Schedules can follow. */
  rrule: z.string().min(1).max(500),
  start: LocalTime,
  /** Otherwise that of the policy's window. */
  timeZone: z.string().min(1).max(64).optional(),
  /** It begins at a moment of chance within so long after the start. */
  jitter: Duration.default('5m').refine(
    (jitter) => durationMs(jitter) <= JITTER_MAX_MS,
    'a day (24h) is the longest jitter',
  ),
  /** A start that Temporal missed is made good within so long, and then not any more. */
  catchUp: Duration.default('1h').refine((catchUp) => {
    const ms = durationMs(catchUp);
    return ms >= CATCH_UP_MIN_MS && ms <= CATCH_UP_MAX_MS;
  }, 'a missed start is made good within 10s at least, and 7d at most'),
});
export type ScheduleRule = z.infer<typeof ScheduleRule>;
