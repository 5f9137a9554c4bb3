import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PlanOverview } from '../../src/domain/plan.ts';
import { cycleAttributes } from '../../src/temporal/cycle-attributes.ts';
import type { Cycle } from './cycle.ts';

const state = defineSearchAttributeKey('PatchState', 'KEYWORD');
const outcome = defineSearchAttributeKey('PatchOutcome', 'KEYWORD');
const securityUpdates = defineSearchAttributeKey('PatchSecurityUpdates', 'INT');
const packages = defineSearchAttributeKey('PatchPackages', 'INT');
const rebootRequired = defineSearchAttributeKey('PatchRebootRequired', 'BOOL');
const windowStart = defineSearchAttributeKey('PatchWindowStart', 'DATETIME');

/**
 * Makes the cycle findable by where it stands, and by what became known since `before`: the plan
 * when planning is over. Each call costs the server a write to its visibility store, so everything
 * that is new goes into one, what whoever started the cycle has said is not said again, and
 * "reporting", which lasts a second and is followed by the end, is left out.
 */
export function publishState(cycle: Cycle, before: Cycle['state'] | null): void {
  const { typedSearchAttributes: known } = workflowInfo();
  const pairs: SearchAttributeUpdatePair[] = [
    ...(before === null ? cycleAttributes(cycle.input) : []),
    ...(before?.name === 'planning' && cycle.plan !== null ? planned(cycle.plan) : []),
    ...(cycle.state.name === 'reporting' ? [] : [{ key: state, value: cycle.state.name }]),
    ...(cycle.state.name === 'ended' ? [{ key: outcome, value: cycle.state.outcome }] : []),
    ...(cycle.state.name === 'awaiting-window'
      ? [{ key: windowStart, value: new Date(cycle.state.opensAt) }]
      : []),
    ...(before?.name === 'awaiting-window' ? [{ key: windowStart, value: null }] : []),
  ];
  const news = pairs.filter(({ key, value }) => known.get(key) !== value);
  if (news.length > 0) upsertSearchAttributes(news);
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
