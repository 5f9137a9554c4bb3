import { z } from 'zod';

/** A time of day without a zone: `02:00`. */
export const LocalTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a start time reads 02:00');
export type LocalTime = z.infer<typeof LocalTime>;
