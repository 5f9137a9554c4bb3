import { z } from 'zod';
import type { Approval } from '../src/domain/approval.ts';
import {
  approvalText,
  ArmoredSignature,
  samePerson,
  SIGNED_FOR_MAX_MS,
} from '../src/domain/approval-text.ts';
import { StepFailure } from '../src/domain/failure.ts';
import { Sha256 } from '../src/domain/names.ts';
import type { ChangeStepInput } from '../src/domain/steps.ts';
import { signatureObjection } from '../src/host/allowed-signers.ts';
import { requireLock } from '../src/host/lock.ts';
import type { StepContext } from './context.ts';

/** How far the clock of whoever signed may be ahead of the host's; as much as inspect lets pass. */
const CLOCK_SKEW_MAX_MS = 60_000;

/** The journal's entry of the signed approval that the host took. */
const ENTRY = 'approval';
const Taken = z.object({
  digest: Sha256,
  by: z.string(),
  signature: ArmoredSignature,
  expires: z.iso.datetime(),
  at: z.iso.datetime(),
});

/**
 * Where agent.yaml has allowed signers: a person's approval counts only with a signature by a key
 * that is theirs there, over exactly this host, workflow run, plan, name and expiry; and not when
 * they asked for the cycle themselves. The expiry bounds when the host takes the approval: the host
 * writes down that it did, and the same one counts afterwards, because the window may open later.
 * Its key has to be allowed every time. Fails with `PlanNotApproved`, saying what is wrong.
 */
export async function requireSignature(
  context: StepContext,
  input: Omit<ChangeStepInput, 'policy'>,
  approval: Extract<Approval, { kind: 'person' }>,
  nowMs: number = Date.now(),
): Promise<void> {
  const { config, journal, paths, tools } = context;
  const { host, digest, cycle, workflow } = input;
  const { by, signature, expires } = approval;
  if (config.allowedSigners === undefined) return;
  if (signature === undefined || expires === undefined) {
    throw refusal(host, by, 'it is not signed');
  }
  const { requestedBy } = await requireLock(paths, cycle);
  if (samePerson(by, requestedBy)) {
    throw refusal(host, by, `${by} asked for this cycle, and nobody approves their own`);
  }
  const taken = Taken.safeParse(await journal.read(ENTRY)).data;
  const isTaken = taken?.signature === signature && taken.expires === expires;
  if (!isTaken) requireInTime(host, by, expires, nowMs);
  const { namespace, workflowId, runId } = workflow;
  const objection = await signatureObjection(tools.run, {
    signers: config.allowedSigners,
    scratch: journal.directory,
    by,
    text: approvalText({ host, namespace, workflowId, runId, digest, by, expires }),
    signature,
  });
  if (objection !== null) throw refusal(host, by, objection);
  if (isTaken) return;
  const at = new Date(nowMs).toISOString();
  await journal.write(ENTRY, { digest, by, signature, expires, at });
}

function requireInTime(host: string, by: string, expires: string, nowMs: number): void {
  const leftMs = Date.parse(expires) - nowMs;
  if (leftMs <= 0) throw refusal(host, by, `its signature expired ${expires}`);
  if (leftMs > SIGNED_FOR_MAX_MS + CLOCK_SKEW_MAX_MS) {
    throw refusal(host, by, `it is signed until ${expires}, and a day at most is allowed`);
  }
}

function refusal(host: string, by: string, why: string): StepFailure {
  return new StepFailure(
    'PlanNotApproved',
    `${host} does not take the approval by ${by}: ${why}.`,
    {
      remedy: `Nothing was changed. Somebody who did not ask for the cycle, and whose key the host allows, approves and signs it: patchcycle approve ${host} --key FILE.`,
    },
  );
}
