import type { CycleState } from '../domain/cycle.ts';
import { Decision, type Approve } from '../domain/decision.ts';
import { parseMessage } from './parse-message.ts';

export type Judgement = { accepted: true; decision: Decision } | { accepted: false; why: string };

/**
 * Whether a message that claims to be a decision may take effect in this state of the host's cycle.
 * Never throws: nothing that a sender sends can break a cycle. `why` is a sentence for the sender.
 */
export function judgeDecision(message: unknown, state: CycleState, host: string): Judgement {
  const parsed = parseMessage(message, Decision);
  if (!parsed.ok) return refuse(parsed.why);
  const decision = parsed.value;
  const why = objection(decision, state, host);
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
  'awaiting-slot',
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
