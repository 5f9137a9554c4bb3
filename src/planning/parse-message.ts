import type { z } from 'zod';

/**
 * A decision is a few short fields and perhaps a signature; anything larger is not one. Counted in UTF-16 units of its
 * JSON, so that a huge message is refused before it is looked at.
 */
export const DECISION_SIZE_MAX = 8_192;

/** What workflows tell each other may name a plan's packages. */
export const NOTICE_SIZE_MAX = 40_000;

export type ParsedMessage<T> = { ok: true; value: T } | { ok: false; why: string };

/**
 * What a message says, by its schema, or why it says nothing, as a sentence for the sender.
 * Never throws: nothing that a sender sends can break a workflow.
 */
export function parseMessage<T>(
  message: unknown,
  schema: z.ZodType<T>,
  sizeMax: number = DECISION_SIZE_MAX,
): ParsedMessage<T> {
  const size = sizeOf(message);
  if (size === null) {
    return { ok: false, why: 'the message is nested too deeply to be a decision' };
  }
  if (size > sizeMax) {
    const why = `the message has ${size} characters, a decision has ${sizeMax} at most`;
    return { ok: false, why };
  }
  const parsed = schema.safeParse(message);
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') || 'the message';
  return { ok: false, why: `${where}: ${issue?.message ?? 'not a decision'}`.slice(0, 400) };
}

/** Null where JSON cannot be written: V8 reads text that is nested more deeply than it can write. */
function sizeOf(message: unknown): number | null {
  try {
    return JSON.stringify(message)?.length ?? 0;
  } catch {
    return null;
  }
}
