import type { RawValue } from '@temporalio/common';
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import {
  REFUSED_MESSAGES_MAX,
  type Decision,
  type DecisionKind,
} from '../../src/domain/decision.ts';
import { judgeDecision, type Judgement } from '../../src/planning/judge-decision.ts';
import {
  abortSignal,
  approveSignal,
  cycleQuery,
  decideUpdate,
  rejectSignal,
  resolveSignal,
} from '../messages.ts';
import { now, viewOf, type Cycle } from './cycle.ts';
import { showDetails } from './details.ts';
import { readMessage, unread } from './raw-message.ts';

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
      'Approve the plan: {"by": who, "digest": the plan\'s digest, "why"?: a sentence}',
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
      take(cycle, acceptedOrThrow(cycle, message));
      return cycle.state.name;
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
  throw ApplicationFailure.nonRetryable(`Refused: ${judgement.why}.`, 'DecisionRefused');
}

function hear(cycle: Cycle, kind: DecisionKind, raw: RawValue | undefined): void {
  const read = readMessage(raw);
  if (!read.readable) return refuse(cycle, kind, null, read.why);
  const { message } = read;
  const claimed = typeof message === 'object' && message !== null ? { ...message, kind } : message;
  const judgement = judge(cycle, claimed);
  if (!judgement.accepted) return refuse(cycle, kind, message, judgement.why);
  take(cycle, judgement.decision);
}

function judge(cycle: Cycle, message: unknown): Judgement {
  const judgement = judgeDecision(message, cycle.state, cycle.input.host);
  return judgement.accepted && alreadyTaken(cycle, judgement.decision)
    ? { accepted: false, why: 'the same was decided already' }
    : judgement;
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

function take(cycle: Cycle, decision: Decision): void {
  const taken = { decision, at: now() };
  cycle.decisions.push(taken);
  if (decision.kind === 'abort') {
    const { kind: _, ...abort } = decision;
    cycle.aborted = abort;
    cycle.cancelPreparation?.();
  } else if (decision.kind === 'resolve') {
    const { kind: _, ...resolve } = decision;
    cycle.resolution = resolve;
  } else {
    cycle.verdict = taken;
  }
}

function refuse(cycle: Cycle, kind: DecisionKind, message: unknown, why: string): void {
  cycle.refusedCount += 1;
  if (cycle.refused.length >= REFUSED_MESSAGES_MAX) return;
  cycle.refused.push({ at: now(), kind, by: claimedName(message), why: why.slice(0, 500) });
  showDetails(cycle);
}

function claimedName(message: unknown): string | null {
  if (typeof message !== 'object' || message === null || !('by' in message)) return null;
  return typeof message.by === 'string' ? message.by.slice(0, 128).replace(/\p{Cc}/gu, ' ') : null;
}
