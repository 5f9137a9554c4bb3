import { z } from 'zod';
import { ShortName } from './names.ts';

/** What an operator notes of a host, to choose hosts by: `env: prod`. */
export const Labels = z.record(ShortName, ShortName);
export type Labels = z.infer<typeof Labels>;
