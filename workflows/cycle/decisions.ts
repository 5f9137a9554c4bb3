import type { RawValue } from '@temporalio/common';
import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import type { Decision, DecisionKind } from '../../src/domain/decision.ts';
import { judgeDecision, type Judgement } from '../../src/planning/judge-decision.ts';
import {
  abortSignal,
  approveSignal,
  cycleQuery,
  decideUpdate,
  rejectSignal,
  resolveSignal,
} from '../messages.ts';
import { viewOf, type Cycle } from './cycle.ts';
import { readMessage, unread } from './raw-message.ts';
import { recordRefusal, take } from './record-decision.ts';
import { addClaim, claimObjection, signingOf, type Claim } from './signed-approvals.ts';

/**
 * Listens to people. Called once, after the cycle's state is there: signals that came earlier are
 * handed over in this moment. A signal that is refused is recorded, and the wait goes on; an
 * update that is refused is told so and leaves nothing behind.
 */
export function listenToPeople(cycle: Cycle): void {
  const signals = [
    [
      approveSignal,
      'approve',
      'Approve the plan: {"by": who, "digest": the plan\'s digest, "why"?: a sentence, "signature"? and "expires"?: for a host that takes only signed approvals}',
    ],
    [
      rejectSignal,
      'reject',
      'Reject the plan: {"by": who, "digest": the plan\'s digest, "why"?: a sentence}',
    ],
    [
      abortSignal,
      'abort',
      'End the cycle before anything is changed: {"by": who, "why"?: a sentence}',
    ],
    [
      resolveSignal,
      'resolve',
      'Say how a cycle that needs attention goes on: {"by": who, "how": "retry" | "restore" | "accept", "why"?: a sentence}',
    ],
  ] as const;
  for (const [signal, kind, description] of signals) {
    setHandler(unread(signal), (raw) => hear(cycle, kind, raw), { description });
  }
  setHandler(
    decideUpdate,
    (message: unknown) => {
      // Between the validator and this handler another decision may have been taken.
      const claim = hearDecision(cycle, acceptedOrThrow(cycle, message));
      return claim === null ? cycle.state.name : answered(cycle, claim);
    },
    {
      validator: (message: unknown) => void acceptedOrThrow(cycle, message),
      description:
        'Any decision, answered at once: {"kind": "approve" | "reject" | "abort" | "resolve", ...fields of that signal}',
    },
  );
  setHandler(cycleQuery, () => viewOf(cycle), {
    description: 'Where the cycle stands, with its plan, steps and decisions',
  });
}

/** Throws the ApplicationFailure that tells the sender of an update why it is refused. */
function acceptedOrThrow(cycle: Cycle, message: unknown): Decision {
  const judgement = judge(cycle, message);
  if (judgement.accepted) return judgement.decision;
  throw refusalOf(judgement.why);
}

function refusalOf(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`Refused: ${why}.`, 'DecisionRefused');
}

function hear(cycle: Cycle, kind: DecisionKind, raw: RawValue | undefined): void {
  const read = readMessage(raw);
  if (!read.readable) return recordRefusal(cycle, kind, null, read.why);
  const { message } = read;
  const claimed = typeof message === 'object' && message !== null ? { ...message, kind } : message;
  const judgement = judge(cycle, claimed);
  if (!judgement.accepted) return recordRefusal(cycle, kind, message, judgement.why);
  hearDecision(cycle, judgement.decision);
}

/** Takes a decision; a signed approval is only noted, because the host has to be asked first. */
function hearDecision(cycle: Cycle, decision: Decision): Claim | null {
  if (decision.kind === 'approve' && signingOf(cycle) !== null) return addClaim(cycle, decision);
  take(cycle, decision);
  return null;
}

/** Throws the ApplicationFailure that tells the sender why the host does not take the approval. */
async function answered(cycle: Cycle, claim: Claim): Promise<string> {
  await condition(() => claim.answer !== null);
  if (claim.answer?.accepted === false) throw refusalOf(claim.answer.why);
  return cycle.state.name;
}

function judge(cycle: Cycle, message: unknown): Judgement {
  const judgement = judgeDecision(message, cycle.state, cycle.input.host);
  if (!judgement.accepted) return judgement;
  const { decision } = judgement;
  if (alreadyTaken(cycle, decision))
    return { accepted: false, why: 'the same was decided already' };
  const isClaim = decision.kind === 'approve' && signingOf(cycle) !== null;
  const why = isClaim ? claimObjection(cycle, decision) : null;
  return why === null ? judgement : { accepted: false, why };
}

/** A second word on a question that is answered but not yet acted upon would change what was decided. */
function alreadyTaken(cycle: Cycle, decision: Decision): boolean {
  switch (decision.kind) {
    case 'approve':
    case 'reject':
      return cycle.verdict !== null;
    case 'abort':
      return cycle.aborted !== null;
    case 'resolve':
      return cycle.resolution !== null;
  }
}
