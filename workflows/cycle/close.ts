import { ActivityFailure } from '@temporalio/workflow';
import { durationMs } from '../../src/domain/duration.ts';
import type { NamedPolicy } from '../../src/domain/policy.ts';
import type { Report } from '../../src/domain/report.ts';
import { enter, noteFailure, now, type Cycle } from './cycle.ts';
import { failureRecord } from './failure-record.ts';
import { controlActivities, stepsOn } from './host-steps.ts';
import { draftReport } from './report-draft.ts';
import { runStep } from './run-step.ts';
import { giveSlotsBack } from './slots.ts';
import type { Ending } from './settle-on-plan.ts';
import { tellEnding } from './tell-rollout.ts';

/**
 * The last words of every cycle: report, old backups, lock. A host that cannot be reached any more
 * does not take the report with it; what could not be done there is named in it.
 */
export async function closeCycle(cycle: Cycle, ending: Ending): Promise<Report> {
  const { input, step } = cycle;
  enter(cycle, { name: 'reporting', outcome: ending.outcome });
  // Whatever came to nothing earlier: if the last step reached the host, it is there.
  const hostIsGone =
    cycle.steps.at(-1)?.failure?.type === 'HostUnreachable' ||
    // Aborted before the host had answered even once: perhaps there is none.
    (ending.outcome === 'aborted' && cycle.found.facts === null);
  // Whoever is not there may be down, and so counts as disrupted until a person has looked.
  if (!hostIsGone || acceptedByPerson(cycle)) giveSlotsBack(cycle);
  const on = hostIsGone ? stepsOn(input.host, impatient(input.policy)) : cycle.on;

  // In every ending, because nightly cycles that are restored would fill the disk with backups; but
  // a cycle that inspect turned away does not own the host.
  if (!hostIsGone && cycle.found.facts !== null) {
    await attempt(cycle, () =>
      runStep(
        cycle,
        'retention',
        () => on.retention('remove old backups', step),
        ({ kept, removed }) => `${kept} backups kept, ${removed.length} removed`,
      ),
    );
  }
  const draft = draftReport(cycle, ending);
  const complete = await attempt(cycle, () => on.report('write the report', { ...step, draft }));
  const answers = complete !== null || cycle.found.failures.at(-1)?.type !== 'HostUnreachable';
  const report = { ...(complete ?? draft), failures: cycle.found.failures, endedAt: now() };
  // Told while the report is stored, which then costs nobody a turn of their own.
  tellEnding(cycle, ending.outcome);
  const store = () => controlActivities('store the report').storeReport(report);
  const [released] = await Promise.all([
    answers ? attempt(cycle, () => on.release('give the lock back', step)) : undefined,
    attempt(cycle, store),
  ]);
  // The report that was stored meanwhile does not tell yet that the lock is still held.
  if (released === null) await attempt(cycle, store);
  enter(cycle, { name: 'ended', outcome: ending.outcome });
  await cycle.told;
  return report;
}

function acceptedByPerson({ decisions }: Cycle): boolean {
  const last = decisions.at(-1)?.decision;
  return last?.kind === 'resolve' && last.how === 'accept';
}

/** How long a host that was gone a moment ago may take to come back for its report and its lock. */
const GONE_HOST_WAIT = '1m';

function impatient(policy: NamedPolicy): NamedPolicy {
  const { limits } = policy;
  if (durationMs(limits.agentAnswers) <= durationMs(GONE_HOST_WAIT)) return policy;
  return { ...policy, limits: { ...limits, agentAnswers: GONE_HOST_WAIT } };
}

async function attempt<T>(cycle: Cycle, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    noteFailure(cycle, failureRecord(error, cycle.input.host));
    return null;
  }
}
