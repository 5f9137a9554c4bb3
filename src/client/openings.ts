import type { NamedPolicy } from '../domain/policy.ts';
import { blackoutsBetween, nextOpenings } from '../planning/windows.ts';
import { durationMs } from '../domain/duration.ts';

/** When a policy allows disruption; every time is ISO 8601, UTC. */
export type Openings = {
  /** Of the window; null without one. */
  timeZone: string | null;
  /** In their order, the one that is open now first. None when it never opens again. */
  openings: {
    opensAt: string;
    closesAt: string;
    /** Whether a whole cycle fits in (limits.wholeCycle); too short ones are waited out. */
    longEnough: boolean;
  }[];
  /** What keeps it closed from now until the last of these openings ends. */
  blackouts: { from: string; to: string; why: string }[];
};

/** The next openings of a policy as {@link policyFor} gives it, so many at most. */
export function openingsOf(
  policy: NamedPolicy,
  count: number,
  nowMs: number = Date.now(),
): Openings {
  const neededMs = durationMs(policy.limits.wholeCycle);
  const openings = nextOpenings(policy, nowMs, 1, count);
  const untilMs = openings.at(-1)?.closesAtMs ?? Infinity;
  return {
    timeZone: policy.window?.timeZone ?? null,
    openings: openings.map(({ opensAtMs, closesAtMs }) => ({
      opensAt: new Date(opensAtMs).toISOString(),
      closesAt: new Date(closesAtMs).toISOString(),
      longEnough: closesAtMs - Math.max(opensAtMs, nowMs) >= neededMs,
    })),
    blackouts: blackoutsBetween(policy, nowMs, untilMs),
  };
}
