import { z } from 'zod';
import { PersonName, Sha256 } from './names.ts';

/**
 * On whose word a plan may be installed, as the host is told. The host compares the digest with
 * the plan that it made itself, and allows `automatic` only where its own configuration does.
 */
export const Approval = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('automatic'), digest: Sha256, policy: z.string() }),
  z.strictObject({
    kind: z.literal('person'),
    digest: Sha256,
    by: PersonName,
    at: z.iso.datetime(),
  }),
]);
export type Approval = z.infer<typeof Approval>;
