import { z } from 'zod';
import { AbsolutePath } from './names.ts';

/**
 * Where a secret is read, each time it is needed: a variable of the environment, or a file. The
 * secret itself stands in no file of patchcycle, and Temporal never sees it.
 */
export const SecretSource = z.union(
  [
    z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/) }),
    z.strictObject({ file: AbsolutePath }),
  ],
  'a secret is named by where it is read: { env: NAME } or { file: /PATH }',
);
export type SecretSource = z.infer<typeof SecretSource>;
