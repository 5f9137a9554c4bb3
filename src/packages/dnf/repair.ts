import type { HostTools } from '../../host/tools.ts';
import type { RepairInput } from '../port.ts';
import { keyOf } from '../shared/key-of.ts';
import { findDoubles } from './doubles.ts';
import { DATABASE } from './interrupted.ts';
import { archivesOf, recover, stillBroken } from './recover.ts';
import type { DnfSettings } from './settings.ts';

/** See {@link PackageManager.repair} of the port. What is there twice is completed; nothing else is touched. */
export async function repair(
  tools: HostTools,
  { lockWaitMs }: DnfSettings,
  { jobPrefix, archiveDirectories, deadlineMs }: RepairInput,
): Promise<{ repaired: string[] }> {
  const { rebuilt, broken, left } = await recover(tools, {
    jobPrefix,
    deadlineMs,
    lockWaitMs,
    findDoubles: () => findDoubles(tools),
    completion: async (doubles) => ({
      inPlace: await archivesOf(doubles, archiveDirectories),
      beside: [],
      removals: [],
    }),
  });
  if (left.length > 0) throw stillBroken(left);
  const repaired = broken.map(({ newest }) => keyOf(newest));
  return { repaired: rebuilt ? [DATABASE, ...repaired] : repaired };
}
