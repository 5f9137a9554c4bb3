import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { Approval } from '../../src/domain/approval.ts';
import { durationMs } from '../../src/domain/duration.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { PlanOverview } from '../../src/domain/plan.ts';
import { needsPerson } from '../../src/planning/approval-rule.ts';
import { describeDrift } from '../../src/planning/drift.ts';
import { approvalNotice } from '../../src/planning/notices.ts';
import { describePlan } from '../../src/planning/plan-in-lines.ts';
import { blackoutsBetween, nextOpening } from '../../src/planning/windows.ts';
import { rolloutNameOf } from '../../src/temporal/names.ts';
import { enter, now, takePlan, type Cycle } from './cycle.ts';
import { planLimits } from './known-bad.ts';
import { notifyPeople } from './notify.ts';
import { runStep, skipStep } from './run-step.ts';
import { giveSlotsBack, waitForSlots } from './slots.ts';
import { closeClaims, signingOf, waitForWord } from './signed-approvals.ts';

export type Ending = { outcome: Outcome; explanation: string };

/**
 * A plan that changes this often while people and windows are waited for is never going to be
 * installed as approved; somebody has to look.
 */
const ROUNDS_MAX = 25;

/** So many openings that pass before the host is ready are no accident; each of them may drain it in vain. */
const OPENINGS_MAX = 5;

/**
 * Makes the plan, has it approved and waits for the window and for a slot of each group with a
 * budget, until all of it holds at the same moment: after every wait the plan is made again, and one that differs is approved again.
 */
export async function settleOnPlan(cycle: Cycle): Promise<Approval | Ending> {
  for (let round = 1; round <= ROUNDS_MAX + cycle.slotWaits; round++) {
    const plan = await makePlan(cycle);
    if (plan.changeCount + plan.removalCount === 0) {
      return { outcome: 'up-to-date', explanation: nothingToDo(plan) };
    }
    if (cycle.approved?.approval.digest !== plan.digest) {
      const answer = await obtainApproval(cycle, plan);
      if ('outcome' in answer) return answer;
      cycle.approved = { approval: answer, plan };
      if (answer.kind === 'person') continue;
    }
    if (await waitForWindow(cycle)) continue;
    if (!(await waitForSlots(cycle))) return cycle.approved.approval;
  }
  throw ApplicationFailure.nonRetryable(
    `The plan for ${cycle.input.host} changed ${ROUNDS_MAX} times while it was waited for.`,
    'PlanDrifted',
    { remedy: 'Look why its repositories change so often, then start the cycle again.' },
  );
}

async function makePlan(cycle: Cycle): Promise<PlanOverview> {
  const { input, step, on } = cycle;
  if (cycle.state.name !== 'planning') enter(cycle, { name: 'planning' });
  // Nothing on the host depends on the limits, so they are asked for while it refreshes its lists.
  const [limits] = await Promise.all([
    planLimits(cycle),
    runStep(
      cycle,
      'refresh',
      () => on.refresh('refresh the package lists', step),
      () => 'package lists are fresh',
    ),
  ]);
  const limited = limits === null ? step : { ...step, limits };
  const plan = await runStep(
    cycle,
    'plan',
    () => on.plan(`plan updates, scope ${input.policy.scope}`, limited),
    describePlan,
  );
  takePlan(cycle, plan);
  return plan;
}

/** Fixes that the plan had to leave out are named: "nothing to do" alone would hide them. */
function nothingToDo({ scope, leftOut = [] }: PlanOverview): string {
  const kind = scope === 'security' ? 'security ' : '';
  if (leftOut.length === 0) return `Nothing to do: no ${kind}update is pending.`;
  const named = leftOut.slice(0, 3).join(' ');
  const more = leftOut.length > 3 ? ` And ${leftOut.length - 3} more, in the plan.` : '';
  return `No ${kind}update can be installed now, but not everything is up to date: ${named}${more}`;
}

async function obtainApproval(cycle: Cycle, plan: PlanOverview): Promise<Approval | Ending> {
  const { policy } = cycle.input;
  const rule = needsPerson(policy, plan, cycle.found.facts?.unattended === true);
  if (rule === null) {
    skipStep(cycle, 'approval', `policy ${policy.name} asks for none`);
    return { kind: 'automatic', digest: plan.digest, policy: policy.name };
  }
  const why = rule + driftSince(cycle.approved, plan);
  return runStep(
    cycle,
    'approval',
    () => waitForVerdict(cycle, plan.digest, why),
    (answer) =>
      'outcome' in answer
        ? answer.explanation
        : `approved${answer.kind === 'person' ? ` by ${answer.by}` : ''}`,
  );

  async function waitForVerdict(
    cycle: Cycle,
    digest: string,
    why: string,
  ): Promise<Approval | Ending> {
    giveSlotsBack(cycle); // A person may take days; meanwhile others go on.
    const expiresMs = durationMs(policy.approval.expires);
    const expiresAt = new Date(Date.now() + expiresMs).toISOString();
    // People are listened to from the moment in which the state says so, before they are told.
    cycle.verdict = null;
    cycle.claims.length = 0;
    const signing = signingOf(cycle);
    const waits = { name: 'awaiting-approval', digest, expiresAt, why } as const;
    enter(cycle, signing === null ? waits : { ...waits, signing });
    let decided;
    try {
      const { host, rollout = '' } = cycle.input;
      const notice = approvalNotice(host, rolloutNameOf(rollout), plan, signing !== null);
      await notifyPeople(cycle, notice);
      const summary = `approval of ${digest.slice(0, 12)} expires`;
      decided = await waitForWord(cycle, expiresAt, summary);
    } finally {
      closeClaims(cycle); // Also when the cycle was aborted meanwhile.
    }
    const verdict = takeVerdict(cycle);
    if (!decided || verdict === null) {
      return {
        outcome: 'expired',
        explanation: `Nobody decided on the plan within ${policy.approval.expires}; nothing was changed.`,
      };
    }
    const { decision, at } = verdict;
    if (decision.kind === 'reject') {
      return {
        outcome: 'rejected',
        explanation: `${decision.by} rejected the plan${decision.why ? `: ${decision.why}` : ''}; nothing was changed.`,
      };
    }
    const { by } = decision;
    const { signature, expires } = decision.kind === 'approve' ? decision : {};
    return signature === undefined || expires === undefined
      ? { kind: 'person', digest, by, at }
      : { kind: 'person', digest, by, at, signature, expires };
  }
}

/** What an approver who has seen the earlier plan has to look at now; the rule itself is always said. */
function driftSince(approved: Cycle['approved'], plan: PlanOverview): string {
  if (approved === null) return '';
  const drift = describeDrift(approved.plan, plan);
  const since = approved.approval.kind === 'person' ? 'it was approved' : 'it was first made';
  const more = drift.length > 3 ? `; and ${drift.length - 3} more` : '';
  return `; the plan changed since ${since} (${drift.slice(0, 3).join('; ')}${more})`;
}

function takeVerdict(cycle: Cycle): Cycle['verdict'] {
  const { verdict } = cycle;
  cycle.verdict = null;
  return verdict;
}

/**
 * Answers whether it had to wait; then the world may have changed.
 * Throws ApplicationFailure `WindowClosed` when one opening after another passed in vain.
 */
async function waitForWindow(cycle: Cycle): Promise<boolean> {
  const { policy, host } = cycle.input;
  if ((policy.window === undefined && policy.blackouts === undefined) || cycle.plan === null) {
    skipStep(cycle, 'window', `policy ${policy.name} has no maintenance window`);
    return false;
  }
  const opening = nextOpening(policy, Date.now(), durationMs(policy.limits.wholeCycle));
  if (opening === null) throw neverOpens(cycle);
  const waitMs = opening.opensAtMs - Date.now();
  if (waitMs <= 0) {
    const open = `open until ${new Date(opening.closesAtMs).toISOString()}`;
    skipStep(cycle, 'window', policy.window === undefined ? 'no blackout is in force' : open);
    return false;
  }
  if (++cycle.windowWaits > OPENINGS_MAX + cycle.slotWaits) throw openingsMissed(cycle);
  giveSlotsBack(cycle);
  const opensAt = new Date(opening.opensAtMs).toISOString();
  const blackouts = whatDelays(cycle, opening.opensAtMs);
  const waits = { name: 'awaiting-window', digest: cycle.plan.digest, opensAt } as const;
  enter(cycle, blackouts.length === 0 ? waits : { ...waits, blackouts });
  await runStep(
    cycle,
    'window',
    () => condition(() => false, waitMs, { summary: `maintenance window of ${host} opens` }),
    () => `opened ${now()}`,
  );
  return true;
}

const BLACKOUTS_SHOWN = 5;

/** Why it does not open earlier, as it would without blackouts. */
function whatDelays({ input }: Cycle, opensAtMs: number): string[] {
  const { window, limits } = input.policy;
  const without = nextOpening({ window }, Date.now(), durationMs(limits.wholeCycle));
  if (without === null || without.opensAtMs >= opensAtMs) return [];
  const fromMs = Math.max(without.opensAtMs, Date.now());
  const whys = blackoutsBetween(input.policy, fromMs, opensAtMs).map(({ why }) => why);
  return [...new Set(whys)].slice(0, BLACKOUTS_SHOWN);
}

function neverOpens({ input }: Cycle): ApplicationFailure {
  const { name, blackouts = [] } = input.policy;
  const outside = blackouts.length === 0 ? '' : ' outside its blackouts';
  return ApplicationFailure.nonRetryable(
    `The maintenance window of policy ${name} never opens again${outside}.`,
    'BadInput',
    {
      remedy:
        'Mend the window in the policy (patchcycle inventory check FILE shows what is wrong) and start the cycle again.',
    },
  );
}

function openingsMissed({ input }: Cycle): ApplicationFailure {
  const { host, policy } = input;
  return ApplicationFailure.nonRetryable(
    `The maintenance window of ${host} opened ${OPENINGS_MAX} times, and each time it was too late before the host was ready for the change.`,
    'WindowClosed',
    {
      remedy: `A change begins only while ${policy.limits.wholeCycle} of the window are left (limits.wholeCycle). Make the window of policy ${policy.name} longer or that limit shorter, have the plan approved in time, and start again.`,
    },
  );
}
