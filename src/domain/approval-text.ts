import { z } from 'zod';
import type { HostName, PersonName, Sha256 } from './names.ts';

/** The namespace of SSH signatures on approvals: one that was made for anything else never fits. */
export const APPROVAL_NAMESPACE = 'patchcycle-approval';

/** A signature counts for a day at most: a plan that waits longer for its approver is signed afresh. */
export const SIGNED_FOR_MAX_MS = 24 * 3_600_000;

/** The workflow run that an approval is for; Temporal gives every run another id. */
export const ApprovedRun = z.object({
  namespace: z.string(),
  workflowId: z.string(),
  runId: z.string(),
});
export type ApprovedRun = z.infer<typeof ApprovedRun>;

/** An SSH signature as `ssh-keygen -Y sign` writes it. The longest keys in use, RSA of 16,384 bits, stay below. */
export const ArmoredSignature = z
  .string()
  .max(6_000)
  .regex(
    /^-----BEGIN SSH SIGNATURE-----\n[A-Za-z0-9+/=\n]+\n-----END SSH SIGNATURE-----\n?$/,
    'a signature is what "ssh-keygen -Y sign" writes, from BEGIN to END SSH SIGNATURE',
  );

/** Everything that an approver puts a name to. */
export type ApprovalTerms = ApprovedRun & {
  host: HostName;
  digest: Sha256;
  by: PersonName;
  /** ISO 8601, UTC: the host takes the approval until then. */
  expires: string;
};

/**
 * The one text that is signed for these terms, readable by whoever signs it. Both sides make it
 * from what they know themselves; it never comes over the wire.
 */
export function approvalText(terms: ApprovalTerms): string {
  const { host, namespace, workflowId, runId, digest, by, expires } = terms;
  // The order of the fields is part of the format.
  const document = {
    format: 'patchcycle approval 1',
    host,
    namespace,
    workflow: workflowId,
    run: runId,
    plan: digest,
    approver: by,
    expires,
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** Whether two names are of one person, for "nobody approves what they asked for themselves". */
export function samePerson(one: string, other: string): boolean {
  return folded(one) === folded(other);
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ');
}
