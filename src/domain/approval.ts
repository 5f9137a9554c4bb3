import { z } from 'zod';
import { ArmoredSignature } from './approval-text.ts';
import { PersonName, Sha256 } from './names.ts';

/**
 * On whose word a plan may be installed, as the host is told. The host compares the digest with
 * the plan that it made itself, allows `automatic` only where its own configuration does, and
 * verifies a person's signature where its configuration has allowed signers.
 */
export const Approval = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('automatic'), digest: Sha256, policy: z.string() }),
  z.strictObject({
    kind: z.literal('person'),
    digest: Sha256,
    by: PersonName,
    at: z.iso.datetime(),
    /** Both or none, and both where the host's agent.yaml has `allowedSigners`. */
    signature: ArmoredSignature.optional(),
    expires: z.iso.datetime().optional(),
  }),
]);
export type Approval = z.infer<typeof Approval>;
