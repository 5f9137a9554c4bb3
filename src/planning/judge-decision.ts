import type { CycleState } from '../domain/cycle.ts';
import { Decision } from '../domain/decision.ts';

/**
 * A decision is a few short fields; anything larger is not one. Counted in UTF-16 units of its
 * JSON, so that a huge message is refused before it is looked at.
 */
export const DECISION_SIZE_MAX = 4_096;

export type Judgement = { accepted: true; decision: Decision } | { accepted: false; why: string };

/**
 * Whether a message that claims to be a decision may take effect in this state. Never throws:
 * nothing that a sender sends can break a cycle. `why` is a sentence for the sender.
 */
export function judgeDecision(message: unknown, state: CycleState): Judgement {
  const size = JSON.stringify(message)?.length ?? 0;
  if (size > DECISION_SIZE_MAX) {
    return refuse(
      `the message has ${size} characters, a decision has ${DECISION_SIZE_MAX} at most`,
    );
  }
  const parsed = Decision.safeParse(message);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'the message';
    return refuse(`${where}: ${issue?.message ?? 'not a decision'}`.slice(0, 400));
  }
  const decision = parsed.data;
  const why = objection(decision, state);
  return why === null ? { accepted: true, decision } : refuse(why);
}

function refuse(why: string): Judgement {
  return { accepted: false, why };
}

const BEFORE_ANY_CHANGE: readonly CycleState['name'][] = [
  'inspecting',
  'planning',
  'awaiting-approval',
  'awaiting-window',
  'preparing',
];

function objection(decision: Decision, state: CycleState): string | null {
  if (state.name === 'reporting' || state.name === 'ended') {
    return `the cycle is over: ${state.outcome}`;
  }
  switch (decision.kind) {
    case 'approve':
    case 'reject':
      if (state.name !== 'awaiting-approval') {
        return `the cycle is ${state.name} and asks for no approval now`;
      }
      return decision.digest === state.digest
        ? null
        : `the plan in question has the digest ${state.digest}, not ${decision.digest}`;
    case 'abort':
      return BEFORE_ANY_CHANGE.includes(state.name)
        ? null
        : `the host is being changed (${state.name}); the cycle finishes or restores by itself`;
    case 'resolve':
      return state.name === 'needs-attention'
        ? null
        : `the cycle is ${state.name}; only one that needs attention can be resolved`;
  }
}
