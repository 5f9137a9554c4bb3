import type { CycleState } from '../domain/cycle.ts';
import { Decision, type Approve } from '../domain/decision.ts';

/**
 * A decision is a few short fields and perhaps a signature; anything larger is not one. Counted in UTF-16 units of its
 * JSON, so that a huge message is refused before it is looked at.
 */
export const DECISION_SIZE_MAX = 8_192;

export type Judgement = { accepted: true; decision: Decision } | { accepted: false; why: string };

/**
 * Whether a message that claims to be a decision may take effect in this state of the host's cycle.
 * Never throws: nothing that a sender sends can break a cycle. `why` is a sentence for the sender.
 */
export function judgeDecision(message: unknown, state: CycleState, host: string): Judgement {
  const size = sizeOf(message);
  if (size === null) return refuse('the message is nested too deeply to be a decision');
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
  const why = objection(decision, state, host);
  return why === null ? { accepted: true, decision } : refuse(why);
}

/** Null where JSON cannot be written: V8 reads text that is nested more deeply than it can write. */
function sizeOf(message: unknown): number | null {
  try {
    return JSON.stringify(message)?.length ?? 0;
  } catch {
    return null;
  }
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

function objection(decision: Decision, state: CycleState, host: string): string | null {
  if (state.name === 'reporting' || state.name === 'ended') {
    return `the cycle is over: ${state.outcome}`;
  }
  switch (decision.kind) {
    case 'approve':
    case 'reject':
      if (state.name !== 'awaiting-approval') {
        return `the cycle is ${state.name} and asks for no approval now`;
      }
      if (decision.digest !== state.digest) {
        return `the plan in question has the digest ${state.digest}, not ${decision.digest}`;
      }
      return decision.kind === 'approve' ? missingSignature(decision, state, host) : null;
    case 'abort':
      if (state.name === 'needs-attention') {
        return `the host is being changed and waits for a person; say how it goes on: patchcycle resolve ${host} --how retry (or restore, or accept)`;
      }
      return BEFORE_ANY_CHANGE.includes(state.name)
        ? null
        : `the host is being changed (${state.name}); the cycle finishes, restores the host or asks a person`;
    case 'resolve':
      return state.name === 'needs-attention'
        ? null
        : `the cycle is ${state.name}; only one that needs attention can be resolved`;
  }
}

/** Whether the signature is good is the host's to say; that there is none is seen here. */
function missingSignature(
  { signature, expires }: Approve,
  { signing, digest }: Extract<CycleState, { name: 'awaiting-approval' }>,
  host: string,
): string | null {
  if (signing === undefined || (signature !== undefined && expires !== undefined)) return null;
  return `${host} takes only signed approvals, and this one is not signed: patchcycle approve ${host} --digest ${digest} --key FILE`;
}
