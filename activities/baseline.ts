import { FINDINGS_MAX, StepFailure } from '../src/domain/failure.ts';
import type { HealthSnapshot } from '../src/domain/health.ts';
import type { BaselineSummary, PlannedStepInput } from '../src/domain/steps.ts';
import { writeBaseline } from '../src/health/baseline-entry.ts';
import { failedChanges } from '../src/health/logs/earlier-changes.ts';
import { knownErrorKinds } from '../src/health/logs/known.ts';
import { logPosition } from '../src/health/logs/position.ts';
import { pause } from '../src/health/settle.ts';
import { takeSnapshot, unmetRequirements } from '../src/health/snapshot.ts';
import type { StepContext } from './context.ts';

/*
 * | step     | does                                                              | undo |
 * | -------- | ----------------------------------------------------------------- | ---- |
 * | baseline | writes down how the host is: services, units, probes, log position | -    |
 */

/** Draining may just have restarted something: what is not well gets a few seconds, in milliseconds. */
const PAUSES_MS: readonly number[] = [1_000, 2_000, 4_000];

/**
 * Writes down how the host is before its change, for the steps that compare with it. Each run
 * writes it anew: while the change has not begun, the newest look is the right one.
 *
 * A host that does not meet the policy's own health before the change is left alone: nobody could
 * tell afterwards what the change broke. Fails with `UnhealthyBefore`; with `CommandFailed` (may be
 * retried) when services or logs cannot be looked at, because a baseline that saw nothing would
 * find nothing worse afterwards.
 */
export async function baseline(
  context: StepContext,
  { host, policy, cycle }: PlannedStepInput,
  pausesMs: readonly number[] = PAUSES_MS,
): Promise<BaselineSummary> {
  const { tools, journal, paths } = context;
  const ignore = policy.logs.ignore.map((pattern) => new RegExp(pattern, 'u'));
  // The position first: what is logged while the known kinds are gathered is known and watched.
  const position = await logPosition(tools.run);
  tools.progress('gathering the errors that the host logs in ordinary times');
  const knownErrorKindsNow = await knownErrorKinds({
    run: tools.run,
    ignore,
    nowMs: Date.now(),
    except: await failedChanges(paths, cycle),
  });
  const snapshot = await healthySnapshot(context, host, policy, pausesMs);
  await writeBaseline(journal, {
    snapshot,
    logPosition: position,
    knownErrorKinds: knownErrorKindsNow,
  });
  return {
    activeServices: snapshot.activeServices.length,
    failedUnits: snapshot.failedUnits,
    probes: snapshot.probes.map(
      ({ probe, detail, medianMs }) =>
        `${probe} ${detail}${medianMs === null ? '' : ` in ${medianMs.toFixed(1)} ms`}`,
    ),
    knownErrorKinds: knownErrorKindsNow.length,
  };
}

async function healthySnapshot(
  { tools }: StepContext,
  host: string,
  policy: PlannedStepInput['policy'],
  pausesMs: readonly number[],
): Promise<HealthSnapshot> {
  let unmet: string[] = [];
  for (const pauseMs of [0, ...pausesMs]) {
    await pause(tools, pauseMs, 'taking the baseline');
    const snapshot = await takeSnapshot(tools, policy.health);
    unmet = unmetRequirements(snapshot, policy.health);
    if (unmet.length === 0) return snapshot;
  }
  throw new StepFailure(
    'UnhealthyBefore',
    `${host} is not healthy as policy ${policy.name} asks for it, before any change: ${unmet.slice(0, 3).join('; ')}${unmet.length > 3 ? ` and ${unmet.length - 3} more` : ''}. Nothing was changed.`,
    {
      remedy: `Mend the host, or correct "health" in policy ${policy.name} if it asks for the wrong thing (services are named as systemctl names them), and start the cycle again.`,
      findings: unmet.slice(0, FINDINGS_MAX),
    },
  );
}
