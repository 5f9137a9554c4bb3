import { z } from 'zod';

/** So many hosts as a number, or a share of all as a percentage: `2`, `25%`. */
export const Amount = z.union(
  [
    z.number().int().min(1).max(10_000),
    z.string().regex(/^(?:100|[1-9]\d?)%$/, 'a share is a whole percentage from 1% to 100%'),
  ],
  'a number of hosts from 1, or a share of them such as 25%',
);
export type Amount = z.infer<typeof Amount>;
