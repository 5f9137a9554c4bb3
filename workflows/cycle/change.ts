import { ApplicationFailure } from '@temporalio/workflow';
import type { Approval } from '../../src/domain/approval.ts';
import { resultOf } from '../../src/domain/check-result.ts';
import type { FailureRecord } from '../../src/domain/failure.ts';
import type { InstallSummary } from '../../src/domain/steps.ts';
import { packages } from '../../src/planning/plan-in-lines.ts';
import { blackoutsBetween, nextOpening } from '../../src/planning/windows.ts';
import { waitForResolution } from './attention.ts';
import { dropUndo, registerUndo, runUndos } from './compensation.ts';
import { enter, planDigest, type Cycle } from './cycle.ts';
import { firstFailure } from './first-failure.ts';
import { reportSuspects } from './known-bad.ts';
import { seconds } from './prepare.ts';
import { restoreHost } from './restore.ts';
import { runStep, skipStep } from './run-step.ts';
import type { Ending } from './settle-on-plan.ts';

/**
 * Changes the host, and ends all new or all old; otherwise a person says how it goes on.
 * Everything before is in place: plan, approval, open window, verified backup.
 */
export async function changeHost(cycle: Cycle, approval: Approval): Promise<Ending> {
  registerUndo(cycle, 'change', () => restoreHost(cycle));
  const steps = [
    () => upgrade(cycle, approval),
    () => securityUpdate(cycle, approval),
    () => rebootIfRequired(cycle),
    () => monitorLogs(cycle),
    () => verify(cycle),
  ];
  let next = 0;
  for (;;) {
    const failure = await firstFailure(cycle, async () => {
      for (; next < steps.length; next++) await steps[next]?.();
      dropUndo(cycle, 'change'); // The change is proven good: from here on nothing restores it.
    });
    if (failure === null) break;
    const way = needsPersonFirst(cycle, failure)
      ? await waitForResolution(cycle, failure)
      : 'restore';
    if (way === 'restore') return putBack(cycle, failure);
    if (way === 'accept') return accept(cycle, failure);
    if (failure.type === 'WindowClosed') cycle.mayFinishOutsideWindow = true;
  }
  return finishWithUndrain(cycle);
}

/** Failures with which a host declines a change before it touches anything. */
const REFUSALS: readonly string[] = ['PlanNotApproved', 'PlanDrifted', 'HashMismatch'];

/** Whether restoring by itself is out of the question: the policy says so, the host is gone, or only time ran out. */
function needsPersonFirst(cycle: Cycle, failure: FailureRecord): boolean {
  return (
    cycle.input.policy.onFailure === 'hold' ||
    ['HostUnreachable', 'RebootCapReached', 'WindowClosed'].includes(failure.type)
  );
}

async function finishWithUndrain(cycle: Cycle): Promise<Ending> {
  for (;;) {
    const failure = await firstFailure(cycle, () => runUndos(cycle));
    if (failure === null) return patched(cycle);
    const way = await waitForResolution(cycle, failure);
    if (way === 'accept') return accept(cycle, failure);
    if (way === 'restore') {
      registerUndo(cycle, 'change', () => restoreHost(cycle));
      return putBack(cycle, failure);
    }
  }
}

function patched({ plan }: Cycle): Ending {
  const { changeCount, securityCount } = plan ?? { changeCount: 0, securityCount: 0 };
  return {
    outcome: 'patched',
    explanation: `${changeCount === 1 ? '1 package was brought to the planned version' : `${changeCount} packages were brought to the planned versions`}, ${securityCount} of them for security; the host is as healthy as before.`,
  };
}

async function putBack(cycle: Cycle, cause: FailureRecord): Promise<Ending> {
  for (;;) {
    const failure = await firstFailure(cycle, () => runUndos(cycle));
    if (failure === null) {
      const ending = afterRestore(cycle, cause);
      if (ending.outcome === 'restored') await reportSuspects(cycle, cause);
      return ending;
    }
    if ((await waitForResolution(cycle, failure)) === 'accept') return accept(cycle, failure);
  }
}

/** Says of a restore only what was shown: without a proof there is none, because nothing had begun. */
function afterRestore({ found }: Cycle, cause: FailureRecord): Ending {
  if (found.restore === null) {
    return {
      outcome: 'failed',
      explanation: `${cause.message} The host had not begun to change anything.`,
    };
  }
  const untouched = !found.touched && REFUSALS.includes(cause.type);
  return untouched
    ? {
        outcome: 'failed',
        explanation: `${cause.message} Nothing had been changed on the host, and that is proven.`,
      }
    : {
        outcome: 'restored',
        explanation: `${cause.message} The host was put back from its backup, and that is proven.`,
      };
}

/** A person takes the host as it is. Traffic and updaters come back all the same; nothing is restored. */
async function accept(cycle: Cycle, failure: FailureRecord): Promise<Ending> {
  dropUndo(cycle, 'change');
  const by = cycle.decisions.at(-1)?.decision.by ?? 'a person';
  const left = await firstFailure(cycle, () => runUndos(cycle));
  const warning = left === null ? '' : ` It is still drained: ${left.message}`;
  return {
    outcome: 'accepted-as-is',
    explanation: `${by} accepted the host as it is, after: ${failure.message}${warning}`,
  };
}

async function upgrade(cycle: Cycle, approval: Approval): Promise<void> {
  const { input, step, on } = cycle;
  if (input.policy.scope === 'security')
    return skipStep(cycle, 'upgrade', 'the scope is security only');
  beginDisruption(cycle, 'patching');
  const digest = planDigest(cycle);
  await installStep(cycle, 'upgrade', () =>
    on.upgrade('upgrade to the planned versions', { ...step, digest, approval }),
  );
}

async function securityUpdate(cycle: Cycle, approval: Approval): Promise<void> {
  const { step, on } = cycle;
  beginDisruption(cycle, 'patching');
  const digest = planDigest(cycle);
  await installStep(cycle, 'security-update', () =>
    on.securityUpdate('install the planned security updates', { ...step, digest, approval }),
  );
}

async function installStep(
  cycle: Cycle,
  step: 'upgrade' | 'security-update',
  work: () => Promise<InstallSummary>,
): Promise<void> {
  const summary = await runStep(cycle, step, work, ({ installed, healed, leftAside }) =>
    [
      `${packages(installed)} installed`,
      healed > 0 ? `an interrupted run was healed ${healed} times` : '',
      leftAside.length > 0 ? `configuration left aside: ${leftAside.join(', ')}` : '',
    ]
      .filter(Boolean)
      .join('; '),
  );
  cycle.found.leftAside.push(...summary.leftAside);
}

async function rebootIfRequired(cycle: Cycle): Promise<void> {
  const { input, step, on } = cycle;
  if (input.policy.reboot === 'never')
    return skipStep(cycle, 'reboot-and-wait', 'the policy never reboots');
  beginDisruption(cycle, 'rebooting');
  const { rebooted, required, downMs } = await runStep(
    cycle,
    'reboot-and-wait',
    () => on.rebootAndWait('reboot if required, and wait', { ...step, purpose: 'patch' }),
    (reboot) =>
      reboot.rebooted
        ? `rebooted in ${seconds(reboot.downMs)}: ${reboot.required.reason}`
        : `no reboot: ${reboot.required.answer}, ${reboot.required.reason}`,
  );
  if (rebooted) cycle.found.reboots.push({ purpose: 'patch', reason: required, downMs });
}

async function monitorLogs(cycle: Cycle): Promise<void> {
  const { input, step, on } = cycle;
  enter(cycle, { name: 'verifying', digest: planDigest(cycle) });
  cycle.found.logs = await runStep(
    cycle,
    'monitor-logs',
    () => on.monitorLogs(`watch the logs for ${input.policy.logs.soak}`, step),
    ({ linesRead, knownKinds }) =>
      linesRead === 0
        ? 'not one log line was read, so nothing is known of new errors'
        : `no new kind of error in ${linesRead} lines; ${knownKinds.length} known kinds`,
  );
}

async function verify(cycle: Cycle): Promise<void> {
  const { step, on } = cycle;
  if (cycle.state.name !== 'verifying')
    enter(cycle, { name: 'verifying', digest: planDigest(cycle) });
  const { checks } = await runStep(
    cycle,
    'verify',
    () => on.verify('verify against plan and baseline', { ...step, digest: planDigest(cycle) }),
    (verification) => {
      const unknown = verification.checks.filter((check) => resultOf(check) === 'unknown').length;
      const passed = `${verification.checks.length - unknown} checks passed`;
      return unknown === 0 ? passed : `${passed}; ${unknown} could not be made`;
    },
  );
  cycle.found.checks = checks;
}

/**
 * Enters a state whose step takes the host down. Once the window is closed no further such step
 * begins by itself: a person says whether the rest is finished outside it.
 */
function beginDisruption(cycle: Cycle, name: 'patching' | 'rebooting'): void {
  if (cycle.state.name !== name) enter(cycle, { name, digest: planDigest(cycle) });
  if (cycle.mayFinishOutsideWindow || windowHas(cycle, 1)) return;
  throw ApplicationFailure.nonRetryable(
    `The maintenance window of ${cycle.input.host} closed${blackoutNow(cycle)} before the change was finished.`,
    'WindowClosed',
    {
      remedy:
        'Resolve with retry to finish outside the window, with restore to put the host back, or with accept to leave it.',
    },
  );
}

function blackoutNow({ input }: Cycle): string {
  const [blackout] = blackoutsBetween(input.policy, Date.now(), Date.now() + 1);
  return blackout === undefined ? '' : ` (${blackout.why})`;
}

/** Whether disruption is allowed now, by window and blackouts, and stays so for this long. */
export function windowHas({ input }: Cycle, leftMs: number): boolean {
  const opening = nextOpening(input.policy, Date.now(), leftMs);
  return opening !== null && opening.opensAtMs <= Date.now();
}
