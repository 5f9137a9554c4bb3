import { approvalText, SIGNED_FOR_MAX_MS } from '../domain/approval-text.ts';
import { DecisionRefused } from './errors.ts';
import type { HostStatus } from './status.ts';

/** What an approver signs with `ssh-keygen -Y sign -n patchcycle-approval`, and until when it counts. */
export type ApprovalToSign = { text: string; expires: string };

/**
 * The text whose signature approves the plan that this cycle waits with, in the name of `by`; null
 * where the host asks for no signature. Send the signature together with `expires`.
 * Throws DecisionRefused when the cycle does not wait for an approval of the plan with this digest,
 * and when what it says of itself is not what was asked: whoever can answer for one host's cycle
 * must not get a signature for another host.
 */
export function approvalToSign(
  { host, namespace, workflowId, runId, cycle }: AskedCycle,
  { by, digest }: { by: string; digest: string },
  nowMs: number = Date.now(),
): ApprovalToSign | null {
  const refuse = (what: string): DecisionRefused =>
    new DecisionRefused(
      `The patch cycle of ${host} waits for no approval of the plan ${digest}: it ${what}. Nothing was signed or sent.`,
      `See what it does: patchcycle status ${host}`,
    );
  if (cycle === null) throw refuse('does not answer');
  const { state } = cycle;
  if (state.name !== 'awaiting-approval') throw refuse(`is ${state.name}`);
  if (state.digest !== digest) throw refuse(`asks about the plan ${state.digest}`);
  if (state.signing === undefined) return null;
  const claims = { host: cycle.host, ...state.signing };
  const known = { host, namespace, workflowId, runId };
  for (const key of ['host', 'namespace', 'workflowId', 'runId'] as const) {
    if (claims[key] === known[key]) continue;
    throw refuse(
      `answers as ${key} ${JSON.stringify(claims[key])}, and ${JSON.stringify(known[key])} was asked. Somebody may be trying to get a signature for something else`,
    );
  }
  const untilMs = Math.min(Date.parse(state.expiresAt), nowMs + SIGNED_FOR_MAX_MS);
  const expires = new Date(untilMs).toISOString();
  return { text: approvalText({ ...known, digest, by, expires }), expires };
}

type AskedCycle = Pick<HostStatus, 'host' | 'namespace' | 'workflowId' | 'runId' | 'cycle'>;
