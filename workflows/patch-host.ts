import { ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Approval } from '../src/domain/approval.ts';
import type { Report } from '../src/domain/report.ts';
import { changeHost, windowIsOpen } from './cycle/change.ts';
import { closeCycle } from './cycle/close.ts';
import { runUndos } from './cycle/compensation.ts';
import { noteFailure, openCycle, type Cycle } from './cycle/cycle.ts';
import { listenToPeople } from './cycle/decisions.ts';
import { failureRecord } from './cycle/failure-record.ts';
import { inspect, prepare } from './cycle/prepare.ts';
import { settleOnPlan, type Ending } from './cycle/settle-on-plan.ts';

/**
 * The patch cycle of one host.
 *
 * | phase | steps | when it fails |
 * | --- | --- | --- |
 * | before any change | inspect, refresh, plan, approval, window, download, drain, baseline, backup | the host is untouched: `failed`, `aborted`, `rejected`, `expired` |
 * | change | upgrade, security-update, reboot-and-wait, monitor-logs, verify | restore, proven: `restored`; else a person decides |
 * | close | undrain, retention, report, release | named in the report |
 */
export async function patchHost(input: unknown): Promise<Report> {
  const cycle = openCycle(input);
  listenToPeople(cycle);
  const ready = await beforeAnyChange(cycle);
  // From the first change on, a cancellation by Temporal would leave a mixture; it has no effect any more.
  return CancellationScope.nonCancellable(async () => {
    const ending = 'outcome' in ready ? ready : await changeHost(cycle, ready);
    return closeCycle(cycle, ending);
  });
}

/** Everything up to the first change. It may be stopped at any moment, and then the host is as it was. */
async function beforeAnyChange(cycle: Cycle): Promise<Approval | Ending> {
  const scope = new CancellationScope();
  cycle.cancelPreparation = () => scope.cancel();
  if (cycle.aborted !== null) scope.cancel(); // The word came before the first step.
  try {
    const ready = await scope.run(() => makeReady(cycle));
    if ('outcome' in ready) await runUndos(cycle);
    return ready;
  } catch (error) {
    const ending = endingWithoutChange(cycle, error);
    return await endUndone(cycle, ending);
  } finally {
    cycle.cancelPreparation = null;
  }
}

/**
 * Each preparation drains the host; one that never fits into its window must not do so for ever.
 */
const PREPARATIONS_MAX = 5;

async function makeReady(cycle: Cycle): Promise<Approval | Ending> {
  await inspect(cycle);
  for (let round = 1; round <= PREPARATIONS_MAX; round++) {
    const settled = await settleOnPlan(cycle);
    if ('outcome' in settled) return settled;
    await prepare(cycle);
    if (windowIsOpen(cycle)) return settled;
    // The window closed while everything was made ready: the host gets its traffic back until the next one.
    await runUndos(cycle);
  }
  const { host, policy } = cycle.input;
  throw ApplicationFailure.nonRetryable(
    `The maintenance window of ${host} closed ${PREPARATIONS_MAX} times before the host was ready for the change.`,
    'WindowClosed',
    {
      remedy: `Make the window of policy ${policy.name} longer, or raise limits.wholeCycle so that a cycle waits for enough of it, and start again.`,
    },
  );
}

function endingWithoutChange(cycle: Cycle, error: unknown): Ending {
  if (isCancellation(error)) {
    const why =
      cycle.aborted === null
        ? 'the workflow was cancelled in Temporal'
        : `aborted by ${cycle.aborted.by}`;
    const reason = cycle.aborted?.why === undefined ? '' : ` (${cycle.aborted.why})`;
    return {
      outcome: 'aborted',
      explanation: `The cycle ended before any change: ${why}${reason}.`,
    };
  }
  const failure = noteFailure(cycle, failureRecord(error, cycle.input.host));
  return { outcome: 'failed', explanation: `${failure.message} Nothing was changed on the host.` };
}

async function endUndone(cycle: Cycle, ending: Ending): Promise<Ending> {
  try {
    await runUndos(cycle);
    return ending;
  } catch (error) {
    const failure = noteFailure(cycle, failureRecord(error, cycle.input.host));
    return {
      ...ending,
      explanation: `${ending.explanation} But it could not be undrained: ${failure.message}`,
    };
  }
}
