import { approvalText, SIGNED_FOR_MAX_MS } from '../domain/approval-text.ts';
import type { CycleView } from '../domain/cycle.ts';
import { DecisionRefused } from './errors.ts';

/** What an approver signs with `ssh-keygen -Y sign -n patchcycle-approval`, and until when it counts. */
export type ApprovalToSign = { text: string; expires: string };

/**
 * The text whose signature approves the plan that this cycle waits with, in the name of `by`; null
 * where the host asks for no signature. Send the signature together with `expires`.
 * Throws DecisionRefused when the cycle does not wait for an approval of the plan with this digest.
 */
export function approvalToSign(
  { host, state }: Pick<CycleView, 'host' | 'state'>,
  { by, digest }: { by: string; digest: string },
  nowMs: number = Date.now(),
): ApprovalToSign | null {
  if (state.name !== 'awaiting-approval' || state.digest !== digest) {
    const what =
      state.name === 'awaiting-approval'
        ? `asks about the plan ${state.digest}`
        : `is ${state.name}`;
    throw new DecisionRefused(
      `The patch cycle of ${host} waits for no approval of the plan ${digest}: it ${what}. Nothing was signed or sent.`,
      `See what it does: patchcycle status ${host}`,
    );
  }
  if (state.signing === undefined) return null;
  const untilMs = Math.min(Date.parse(state.expiresAt), nowMs + SIGNED_FOR_MAX_MS);
  const expires = new Date(untilMs).toISOString();
  return { text: approvalText({ host, digest, by, expires, ...state.signing }), expires };
}
