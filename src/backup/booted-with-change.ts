import { z } from 'zod';
import { BootIdentity } from '../domain/facts.ts';
import type { RebootRequired } from '../domain/plan.ts';
import { isSameBoot, readBootIdentity } from '../host/boot-identity.ts';
import type { Journal } from '../host/journal.ts';
import { readBackupEntry, readRestoredEntry } from './journal-entries.ts';

/**
 * A host that was booted with the change runs all of it, its kernel too, until the next boot. Null
 * when it runs since before the change, or was booted when everything was back already. A boot
 * between inspection and backup, in a long wait for an approval, was one without the change.
 */
export async function bootedWithChange(journal: Journal): Promise<RebootRequired | null> {
  const facts = z.object({ boot: BootIdentity }).safeParse(await journal.read('facts'));
  const before = (await readBackupEntry(journal))?.boot ?? facts.data?.boot;
  const { boot } = await readRestoredEntry(journal);
  const now = await readBootIdentity();
  if (before === undefined || boot === null || isSameBoot(before, now)) return null;
  if (!isSameBoot(boot, now)) return null;
  return { answer: 'yes', reason: 'the host was booted while the change was on its disk' };
}
