import { condition } from '@temporalio/workflow';
import { samePerson, type ApprovedRun } from '../../src/domain/approval-text.ts';
import { SIGNED_APPROVALS_CHECKED_MAX, type Decision } from '../../src/domain/decision.ts';
import type { Cycle } from './cycle.ts';
import { failureRecord } from './failure-record.ts';
import { recordRefusal, take } from './record-decision.ts';

type Approving = Extract<Decision, { kind: 'approve' }>;

/** An approval that names a signature; it counts when the host has taken it. */
export type Claim = {
  decision: Approving;
  /** Null until it is judged. */
  answer: { accepted: true } | { accepted: false; why: string } | null;
};

/** What a signature has to name, where the host takes only signed approvals. */
export function signingOf({ found, step }: Cycle): ApprovedRun | null {
  return found.facts?.signedApprovals === true ? step.workflow : null;
}

/** Why a signed approval is refused without asking the host; null when the host is to be asked. */
export function claimObjection(cycle: Cycle, { by }: Approving): string | null {
  const { host, requestedBy } = cycle.input;
  if (samePerson(by, requestedBy))
    return `${by} asked for this cycle, and nobody approves their own`;
  return cycle.claims.length < SIGNED_APPROVALS_CHECKED_MAX
    ? null
    : `${host} was asked about ${SIGNED_APPROVALS_CHECKED_MAX} signed approvals of this plan, and about no more: look who sends them, then abort and start again`;
}

export function addClaim(cycle: Cycle, decision: Approving): Claim {
  const claim: Claim = { decision, answer: null };
  cycle.claims.push(claim);
  return claim;
}

/**
 * Waits until somebody has decided, for so long at most, and asks the host about each signed
 * approval on the way. Answers whether there is a verdict.
 */
export async function waitForWord(
  cycle: Cycle,
  expiresAt: string,
  summary: string,
): Promise<boolean> {
  for (;;) {
    const leftMs = Math.max(1, Date.parse(expiresAt) - Date.now());
    const heard = await condition(
      () => cycle.verdict !== null || openClaim(cycle) !== undefined,
      leftMs,
      { summary },
    );
    if (!heard) return false;
    const claim = openClaim(cycle);
    if (cycle.verdict !== null || claim === undefined) return true;
    await askHost(cycle, claim);
  }
}

/** Answers whoever still waits for the host, when the plan is not waited with any more. */
export function closeClaims(cycle: Cycle): void {
  for (const claim of cycle.claims) {
    if (claim.answer === null) refuseClaim(cycle, claim, 'the plan waits for no approval any more');
  }
}

function openClaim({ claims }: Cycle): Claim | undefined {
  return claims.find(({ answer }) => answer === null);
}

async function askHost(cycle: Cycle, claim: Claim): Promise<void> {
  const { input, step, on } = cycle;
  const { kind: _, by, digest, signature, expires } = claim.decision;
  const approval = {
    kind: 'person' as const,
    ...{ digest, by, at: new Date().toISOString() },
    ...(signature === undefined ? {} : { signature }),
    ...(expires === undefined ? {} : { expires }),
  };
  try {
    await on.checkApproval(`is the approval by ${by} signed as it must be?`, {
      ...step,
      digest,
      approval,
    });
  } catch (error) {
    const { type, message, details } = failureRecord(error, input.host);
    const again = type === 'HostUnreachable' ? ' Then send the approval again.' : '';
    refuseClaim(cycle, claim, `${message} ${details?.remedy ?? ''}${again}`.trim());
    return;
  }
  if (cycle.verdict !== null) {
    return refuseClaim(cycle, claim, 'the plan was decided on while the host was asked');
  }
  claim.answer = { accepted: true };
  take(cycle, claim.decision);
}

function refuseClaim(cycle: Cycle, claim: Claim, why: string): void {
  const reason = why.replace(/\.$/, '');
  claim.answer = { accepted: false, why: reason };
  recordRefusal(cycle, 'approve', claim.decision, reason);
}
