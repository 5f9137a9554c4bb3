import { ActivityFailure } from '@temporalio/workflow';
import type { FailureRecord } from '../../src/domain/failure.ts';
import type { PlanLimits } from '../../src/domain/plan-limits.ts';
import { platformOf } from '../../src/planning/platform.ts';
import { suspectsOf } from '../../src/planning/suspects.ts';
import { noteFailure, type Cycle } from './cycle.ts';
import { failureRecord } from './failure-record.ts';
import { controlActivities } from './host-steps.ts';

/** What the next plan may not bring; null where nothing is to be left out. */
export async function planLimits(cycle: Cycle): Promise<PlanLimits | null> {
  const pins = pinsOf(cycle);
  const knownBad = await controlActivities('which versions are known to be bad?').listKnownBad();
  if (knownBad.length === 0 && pins === undefined) return null;
  return { knownBad, ...(pins === undefined ? {} : { pins }) };
}

/** What the rollout has proved on the platform of this host. */
function pinsOf({ input, found }: Cycle): PlanLimits['pins'] {
  if (input.pins === undefined || found.facts === null) return undefined;
  const { rollout, proved } = input.pins;
  const platform = platformOf(found.facts);
  const mine = proved.find((one) => one.platform === platform);
  return mine === undefined ? undefined : { rollout, packages: mine.packages };
}

/** Tells what may have been the reason of a restore. That this fails changes nothing for this host. */
export async function reportSuspects(cycle: Cycle, cause: FailureRecord): Promise<void> {
  if (cycle.plan === null) return;
  const suspects = suspectsOf(cycle.plan, cause);
  if (suspects.length === 0) return;
  const { host, cycle: name } = cycle.step;
  try {
    const report = { host, cycle: name, suspects };
    await controlActivities('note versions that may be bad').reportBad(report);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    noteFailure(cycle, failureRecord(error, host));
  }
}
