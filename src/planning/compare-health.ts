import type { Check, HealthSnapshot, ProbeResult } from '../domain/health.ts';

/**
 * A probe may always be this much slower than its baseline, in milliseconds: on a loopback
 * interface the median is below a millisecond, and three times nothing is still nothing.
 */
const SLOWER_FLOOR_MS = 50;

/** Names in one sentence; more are counted. */
const NAMES_MAX = 10;

/**
 * Whether a host is as healthy as before, one check for each thing that was compared. Worse is: a
 * service that ran and does not, a unit that has failed and had not, a probe that answered and
 * does not, or one whose median is more than `slowerBy` times the baseline's plus 50 ms.
 * What was broken before the change is told and not blamed on it.
 */
export function compareHealth(
  before: HealthSnapshot,
  after: HealthSnapshot,
  { slowerBy }: { slowerBy: number },
): Check[] {
  const newlyFailed = missingFrom(before.failedUnits, after.failedUnits);
  return [
    ...serviceChecks(before, after, newlyFailed),
    ...unitChecks(before, newlyFailed),
    ...before.probes.map((probe) => probeCheck(probe, after.probes, slowerBy)),
  ];
}

function serviceChecks(
  before: HealthSnapshot,
  after: HealthSnapshot,
  newlyFailed: string[],
): Check[] {
  const lost = missingFrom(after.activeServices, before.activeServices);
  if (lost.length === 0) {
    const count = before.activeServices.length;
    return [
      { name: 'services', ok: true, detail: `all ${count} services that ran before run now` },
    ];
  }
  return lost.map((name) => ({
    name: `service ${name}`,
    ok: false,
    detail: `ran before the change and does not run now${newlyFailed.includes(`${name}.service`) ? '; it has failed' : ''}`,
  }));
}

function unitChecks(before: HealthSnapshot, newlyFailed: string[]): Check[] {
  const lostServices = new Set(before.activeServices.map((name) => `${name}.service`));
  const others = newlyFailed.filter((unit) => !lostServices.has(unit));
  if (newlyFailed.length === 0) {
    const known = before.failedUnits.length;
    const detail =
      known === 0
        ? 'none has failed'
        : `none has failed newly; failed before as well: ${list(before.failedUnits)}`;
    return [{ name: 'units', ok: true, detail: detail.slice(0, 500) }];
  }
  return others.map((unit) => ({
    name: `unit ${unit}`,
    ok: false,
    detail: 'has failed, and had not before the change',
  }));
}

function probeCheck(before: ProbeResult, probes: readonly ProbeResult[], slowerBy: number): Check {
  const name = before.probe;
  const after = probes.find(({ probe }) => probe === name);
  if (after === undefined)
    return { name, ok: false, detail: 'was asked before the change and not after it' };
  if (!after.ok) {
    return before.ok
      ? {
          name,
          ok: false,
          detail: `answered before the change; now: ${after.detail}`.slice(0, 500),
        }
      : {
          name,
          ok: true,
          detail: `failed before the change as well: ${after.detail}`.slice(0, 500),
        };
  }
  if (before.medianMs === null || after.medianMs === null)
    return { name, ok: true, detail: 'answers' };
  const times = `${milliseconds(after.medianMs)}, baseline ${milliseconds(before.medianMs)}`;
  const limitMs = before.medianMs * slowerBy + SLOWER_FLOOR_MS;
  return after.medianMs > limitMs
    ? { name, ok: false, detail: `answers too slowly: ${times}, allowed ${milliseconds(limitMs)}` }
    : { name, ok: true, detail: `answers in ${times}` };
}

/** What is in `all` and not in `some`. */
function missingFrom(some: readonly string[], all: readonly string[]): string[] {
  const there = new Set(some);
  return all.filter((item) => !there.has(item));
}

function list(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return `${names.slice(0, NAMES_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function milliseconds(lengthMs: number): string {
  return lengthMs < 10 ? `${lengthMs.toFixed(1)} ms` : `${Math.round(lengthMs)} ms`;
}
