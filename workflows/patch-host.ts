import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Approval } from '../src/domain/approval.ts';
import { durationMs } from '../src/domain/duration.ts';
import type { Report } from '../src/domain/report.ts';
import { waitForResolution } from './cycle/attention.ts';
import { changeHost, windowHas } from './cycle/change.ts';
import { closeCycle } from './cycle/close.ts';
import { runUndos } from './cycle/compensation.ts';
import { noteFailure, openCycle, type Cycle } from './cycle/cycle.ts';
import { listenToPeople } from './cycle/decisions.ts';
import { failureRecord } from './cycle/failure-record.ts';
import { firstFailure } from './cycle/first-failure.ts';
import { inspect, prepare } from './cycle/prepare.ts';
import { settleOnPlan, type Ending } from './cycle/settle-on-plan.ts';
import { listenToBudgets } from './cycle/slots.ts';

/**
 * The patch cycle of one host.
 *
 * | phase | steps | when it fails |
 * | --- | --- | --- |
 * | before any change | inspect, refresh, plan, approval, window, slot, download, drain, baseline, backup | the host is untouched: `failed`, `aborted`, `rejected`, `expired` |
 * | change | upgrade, security-update, reboot-and-wait, monitor-logs, verify | restore, proven: `restored`; else a person decides |
 * | close | undrain, retention, report, release | named in the report |
 */
export async function patchHost(input: unknown): Promise<Report> {
  const cycle = openCycle(input);
  listenToPeople(cycle);
  listenToBudgets(cycle);
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
    return ready;
  } catch (error) {
    const ending = endingWithoutChange(cycle, error);
    return await endUndone(cycle, ending);
  } finally {
    cycle.cancelPreparation = null;
  }
}

async function makeReady(cycle: Cycle): Promise<Approval | Ending> {
  const { limits } = cycle.input.policy;
  await inspect(cycle);
  for (;;) {
    const settled = await settleOnPlan(cycle);
    if ('outcome' in settled) return settled;
    await prepare(cycle);
    if (windowHas(cycle, durationMs(limits.wholeCycle))) return settled;
    // It took too much of the window: the host gets its traffic back until the next one. Settling
    // waits for that one, and gives up after some in vain.
    await runUndos(cycle);
  }
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

/** A host that stays drained is no ending: a person mends the hook, or takes the host as it is. */
async function endUndone(cycle: Cycle, ending: Ending): Promise<Ending> {
  return CancellationScope.nonCancellable(async () => {
    for (;;) {
      const failure = await firstFailure(cycle, () => runUndos(cycle));
      if (failure === null) return ending;
      const way = await waitForResolution(cycle, failure);
      if (way !== 'accept') continue; // Nothing was changed, so retry and restore mean the same.
      return {
        ...ending,
        explanation: `${ending.explanation} But it is still drained, and that was accepted: ${failure.message}`,
      };
    }
  });
}
