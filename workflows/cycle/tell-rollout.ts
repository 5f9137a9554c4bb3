import { workflowInfo } from '@temporalio/workflow';
import type { CycleStateName } from '../../src/domain/cycle.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { HostNotice } from '../../src/domain/rollout.ts';
import { platformOf } from '../../src/planning/platform.ts';
import { hostNoticeSignal } from '../messages.ts';
import { tellWorkflow } from '../tell-workflow.ts';
import { planDigest, type Cycle } from './cycle.ts';
import { signingOf } from './signed-approvals.ts';

const WAITS: readonly CycleStateName[] = [
  'awaiting-approval',
  'awaiting-window',
  'awaiting-slot',
  'needs-attention',
];

/** Beyond so many characters the rest is not named, and so is not proved: another rollout brings it. */
const INSTALLED_SIZE_MAX = 30_000;

/** Without a digest of the changes a plan is like no other one. */
function asked(cycle: Cycle): HostNotice['asks'] {
  const digest = planDigest(cycle);
  return { digest, changes: cycle.plan?.changes ?? digest, signed: signingOf(cycle) !== null };
}

function proved({ plan, found }: Cycle): Pick<HostNotice, 'proves'> {
  if (found.facts === null) return {};
  const versions: Record<string, string> = {};
  let size = 0;
  for (const { name, newVersion } of plan?.rows ?? []) {
    size += name.length + newVersion.length + 6;
    if (size > INSTALLED_SIZE_MAX) break;
    versions[name] = newVersion;
  }
  return { proves: { platform: platformOf(found.facts), packages: versions } };
}

/**
 * Tells the rollout, where there is one, what the cycle waits for, and that it waits no more. Each
 * of it costs both of them some history, so the states between are left out.
 */
export function tellRollout(cycle: Cycle, before: CycleStateName): void {
  const { state } = cycle;
  if (![state.name, before].some((name) => WAITS.includes(name))) return;
  tell(cycle, {
    at: state.name,
    ...(state.name === 'awaiting-approval' ? { asks: asked(cycle) } : {}),
  });
}

/** Tells the rollout how the cycle ends, as soon as nothing can change that any more. */
export function tellEnding(cycle: Cycle, outcome: Outcome): void {
  tell(cycle, { at: 'ended', outcome, ...(outcome === 'patched' ? proved(cycle) : {}) });
}

function tell(cycle: Cycle, news: Omit<HostNotice, 'host' | 'runId'>): void {
  const { rollout, host } = cycle.input;
  if (rollout === undefined) return;
  const notice: HostNotice = { host, runId: workflowInfo().runId, ...news };
  // One after another, so that the rollout hears them in their order.
  cycle.told = cycle.told
    .then(() => tellWorkflow(rollout, hostNoticeSignal, notice))
    .then(() => undefined);
}
