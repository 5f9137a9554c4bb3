import { setTimeout as sleep } from 'node:timers/promises';
import type { Check, HealthSnapshot } from '../domain/health.ts';
import type { Health } from '../domain/policy.ts';
import type { HostTools } from '../host/tools.ts';
import { compareHealth } from '../planning/compare-health.ts';
import { takeSnapshot } from './snapshot.ts';
import { unknownCheck } from './unknown-check.ts';

/**
 * Pauses between looks at a host whose services may still be starting, in milliseconds: about a
 * minute in all. They grow so that a host that stays ill does not fill the report with looks.
 */
const PAUSES_MS: readonly number[] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** The agent says at least this often that it lives; a silence of 20 s is taken for its end. */
const SAY_EVERY_MS = 4_000;

export type SettleSettings = { pausesMs?: readonly number[] };

/**
 * Compares the host with its baseline, and gives what is worse about a minute to become well. A
 * service that has failed for good is not waited for: systemd does not start it again by itself.
 * Answers the checks of the last look.
 * Fails with `CommandFailed` (may be retried) where systemd runs and does not answer.
 */
export async function settledHealth(
  tools: Pick<HostTools, 'run' | 'progress'>,
  health: Health,
  before: HealthSnapshot,
  { pausesMs = PAUSES_MS }: SettleSettings = {},
): Promise<Check[]> {
  for (const pauseMs of [...pausesMs, null]) {
    const after = await takeSnapshot(tools, health);
    const checks = whatWasSeen(compareHealth(before, after, health), before, after);
    const worse = checks.filter(({ ok }) => !ok);
    if (worse.length === 0 || pauseMs === null || hasLostForGood(before, after)) return checks;
    await pause(tools, pauseMs, `waiting for ${worse[0]?.name ?? 'services'} to settle`);
  }
  throw new Error('The last look at the host answers');
}

/**
 * Where systemd runs there are always active services. Where none was seen, neither before nor now,
 * it would be true of every host that none of them was lost.
 */
function whatWasSeen(
  checks: readonly Check[],
  before: HealthSnapshot,
  after: HealthSnapshot,
): Check[] {
  if (before.activeServices.length > 0 || after.activeServices.length > 0) return [...checks];
  return [
    unknownCheck(
      'services',
      'systemd does not run this host, so services and units were not compared',
    ),
    ...checks.filter(({ name, ok }) => !ok || (name !== 'services' && name !== 'units')),
  ];
}

function hasLostForGood(before: HealthSnapshot, after: HealthSnapshot): boolean {
  return before.activeServices.some(
    (name) => !after.activeServices.includes(name) && after.failedUnits.includes(`${name}.service`),
  );
}

/** Waits, and says meanwhile that the step is alive. */
export async function pause(
  tools: Pick<HostTools, 'progress'>,
  lengthMs: number,
  doing: string,
): Promise<void> {
  const until = performance.now() + lengthMs;
  for (;;) {
    tools.progress(doing);
    const leftMs = until - performance.now();
    if (leftMs <= 0) return;
    await sleep(Math.min(leftMs, SAY_EVERY_MS));
  }
}
