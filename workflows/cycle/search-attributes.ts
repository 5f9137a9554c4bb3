import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { PlanOverview } from '../../src/domain/plan.ts';
import type { Cycle } from './cycle.ts';

const host = defineSearchAttributeKey('PatchHost', 'KEYWORD');
const group = defineSearchAttributeKey('PatchGroup', 'KEYWORD');
const state = defineSearchAttributeKey('PatchState', 'KEYWORD');
const outcome = defineSearchAttributeKey('PatchOutcome', 'KEYWORD');
const policy = defineSearchAttributeKey('PatchPolicy', 'KEYWORD');
const securityUpdates = defineSearchAttributeKey('PatchSecurityUpdates', 'INT');
const packages = defineSearchAttributeKey('PatchPackages', 'INT');
const rebootRequired = defineSearchAttributeKey('PatchRebootRequired', 'BOOL');
const windowStart = defineSearchAttributeKey('PatchWindowStart', 'DATETIME');

/** What stays as it is for the whole cycle. A host in several groups is found by its first one. */
export function publishIdentity({ input }: Cycle): void {
  upsertSearchAttributes([
    { key: host, value: input.host },
    { key: group, value: input.groups[0] ?? null },
    { key: policy, value: input.policy.name },
  ]);
}

/** Makes the cycle findable by where it stands. */
export function publishState(cycle: Cycle, before: Cycle['state'] | null): void {
  upsertSearchAttributes([
    { key: state, value: cycle.state.name },
    ...(cycle.state.name === 'ended' ? [{ key: outcome, value: cycle.state.outcome }] : []),
    ...(cycle.state.name === 'awaiting-window'
      ? [{ key: windowStart, value: new Date(cycle.state.opensAt) }]
      : []),
    ...(before?.name === 'awaiting-window' ? [{ key: windowStart, value: null }] : []),
  ]);
}

export function publishPlan(plan: PlanOverview): void {
  upsertSearchAttributes([
    { key: packages, value: plan.changeCount },
    { key: securityUpdates, value: plan.securityCount },
    // "unknown" is left out: a Bool cannot say it, and "false" would be a lie.
    {
      key: rebootRequired,
      value: plan.rebootExpected.answer === 'unknown' ? null : plan.rebootExpected.answer === 'yes',
    },
  ]);
}
