import { z } from 'zod';
import { HealthSnapshot, LogFinding, LogPosition } from '../domain/health.ts';
import type { Journal } from '../host/journal.ts';

/** How a host was before its change: the journal entry `baseline` of a cycle. */
export const BaselineEntry = z.object({
  snapshot: HealthSnapshot,
  logPosition: LogPosition,
  knownErrorKinds: z.array(LogFinding),
});
export type BaselineEntry = z.infer<typeof BaselineEntry>;

const NAME = 'baseline';

export async function writeBaseline(journal: Journal, entry: BaselineEntry): Promise<void> {
  await journal.write(NAME, entry);
}

/**
 * The baseline of this cycle. Throws a plain Error when there is none: steps that compare with it
 * come after the step that takes it.
 */
export async function readBaseline(journal: Journal): Promise<BaselineEntry> {
  const parsed = BaselineEntry.safeParse(await journal.read(NAME));
  if (!parsed.success) {
    throw new Error(
      `The baseline in ${journal.directory} is missing or unreadable: ${parsed.error.message}`,
    );
  }
  return parsed.data;
}
