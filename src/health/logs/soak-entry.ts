import { z } from 'zod';
import { BootIdentity } from '../../domain/facts.ts';
import { LogFinding, LogPosition, LogReport } from '../../domain/health.ts';
import type { Journal } from '../../host/journal.ts';

/** What was logged and could not be read, one sentence each. Entries of earlier versions have no such list. */
const Unread = z.array(z.string()).default([]);

/**
 * A watch over the logs as it began and ended: the journal entry `soak` of a cycle. With it a new
 * agent goes on where one that crashed was.
 */
export const SoakEntry = z.object({
  /**
   * Which asking it belongs to: Temporal's activity ID, the same in every attempt after a crash and
   * another one when a person has the step tried again.
   */
  asking: z.string(),
  startedAt: z.iso.datetime(),
  boot: BootIdentity,
  /** Where the soak began; what was logged before belongs to the change. */
  position: LogPosition,
  duringChange: z.object({
    kinds: z.array(LogFinding.extend({ severe: z.boolean() })),
    linesRead: z.number().int(),
    unread: Unread,
  }),
  /** null while the soak lasts. */
  end: z
    .object({
      position: LogPosition,
      report: LogReport,
      findings: z.array(z.string()),
      unread: Unread,
    })
    .nullable(),
});
export type SoakEntry = z.infer<typeof SoakEntry>;

const NAME = 'soak';

/** The last soak of this cycle, or null. Throws a plain Error on an entry that patchcycle did not write. */
export async function readSoak(journal: Journal): Promise<SoakEntry | null> {
  const document = await journal.read(NAME);
  return document === undefined || document === null ? null : SoakEntry.parse(document);
}

export async function writeSoak(journal: Journal, soak: SoakEntry): Promise<void> {
  await journal.write(NAME, soak);
}
