import { z } from 'zod';

/** How grave a vendor calls an update, gravest first; `unknown` where the vendor does not say. */
export const Severity = z.enum(['critical', 'high', 'medium', 'low', 'unknown']);
export type Severity = z.infer<typeof Severity>;
