import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
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

/**
 * Makes the cycle findable by where it stands, and by what became known since `before`: who it is
 * in the beginning, the plan when planning is over. Each call costs the server a write to its
 * visibility store, so everything that is new goes into one.
 */
export function publishState(cycle: Cycle, before: Cycle['state'] | null): void {
  upsertSearchAttributes([
    ...(before === null ? identity(cycle) : []),
    ...(before?.name === 'planning' && cycle.plan !== null ? planned(cycle.plan) : []),
    { key: state, value: cycle.state.name },
    ...(cycle.state.name === 'ended' ? [{ key: outcome, value: cycle.state.outcome }] : []),
    ...(cycle.state.name === 'awaiting-window'
      ? [{ key: windowStart, value: new Date(cycle.state.opensAt) }]
      : []),
    ...(before?.name === 'awaiting-window' ? [{ key: windowStart, value: null }] : []),
  ]);
}

/** What stays as it is for the whole cycle. A host in several groups is found by its first one. */
function identity({ input }: Cycle): SearchAttributeUpdatePair[] {
  return [
    { key: host, value: input.host },
    { key: group, value: input.groups[0] ?? null },
    { key: policy, value: input.policy.name },
  ];
}

function planned({
  changeCount,
  securityCount,
  rebootExpected,
}: PlanOverview): SearchAttributeUpdatePair[] {
  const { answer } = rebootExpected;
  return [
    { key: packages, value: changeCount },
    { key: securityUpdates, value: securityCount },
    // "unknown" is left out: a Bool cannot say it, and "false" would be a lie.
    { key: rebootRequired, value: answer === 'unknown' ? null : answer === 'yes' },
  ];
}
