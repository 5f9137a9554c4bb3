import type { HostTools } from '../../host/tools.ts';
import type { RepairInput } from '../port.ts';
import { recover, stillBroken } from './recover.ts';
import type { AptSettings } from './settings.ts';
import { keyOf } from '../shared/key-of.ts';

/**
 * See {@link PackageManager.repair} of the port. Configuration files of the administrator are kept,
 * nothing is removed, and dependencies that are missing may be fetched: no plan is behind it.
 */
export async function repair(
  tools: HostTools,
  settings: AptSettings,
  input: RepairInput,
): Promise<{ repaired: string[] }> {
  const { broken, left } = await recover(tools, {
    ...input,
    online: true,
    permits: (simulation) => simulation.removals.length === 0,
    configFiles: 'keep',
    lockWaitMs: settings.lockWaitMs,
  });
  if (left.length > 0) throw stillBroken(left);
  return { repaired: broken.map(keyOf) };
}
