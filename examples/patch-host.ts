/**
 * Patches one host and says how it ended: the script to copy into your own automation.
 *
 *     node examples/patch-host.ts web-1 examples/patchcycle.yaml
 *
 * Exit codes are those of the command line: 0 good, 1 wrong input, 2 the cycle did not succeed,
 * 3 Temporal cannot be reached. In a project of your own import from 'patchcycle'.
 */
import { userInfo } from 'node:os';
import {
  connect,
  CycleAlreadyRunning,
  PatchcycleError,
  policyFor,
  readInventory,
  TemporalUnreachable,
} from '../src/client/index.ts';

async function main(host: string, inventoryFile: string): Promise<number> {
  // Address, namespace, TLS and API key come from Temporal's own environment or profile.
  const patchcycle = await connect();
  try {
    const { policy, groups, budgets } = policyFor(await readInventory(inventoryFile), host);

    // Returns at once. There is one cycle a host; a second start tells which one runs.
    const cycle = await patchcycle.startPatch({
      host,
      policy,
      groups,
      budgets,
      requestedBy: userInfo().username,
      reason: 'weekly security updates',
    });
    console.error(`started ${cycle.workflowId} ${cycle.link ?? ''}`);

    // Waits for approval, window and change, for days if need be; restarts of the server included.
    // A cycle that waits for a person is decided about with: patchcycle approve HOST
    const report = await patchcycle.waitForReport(host, { runId: cycle.runId });

    const security = report.plan?.securityCount ?? 0;
    console.log(`${host} ${report.outcome}: ${report.explanation} (${security} security updates)`);
    return ['patched', 'up-to-date'].includes(report.outcome) ? 0 : 2;
  } finally {
    await patchcycle.close();
  }
}

try {
  const [host, inventoryFile = 'patchcycle.yaml'] = process.argv.slice(2);
  if (host === undefined) throw new Error('usage: patch-host.ts HOST [INVENTORY]');
  process.exitCode = await main(host, inventoryFile);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  // Every error of patchcycle says what to do next.
  if (error instanceof PatchcycleError) console.error(error.remedy);
  if (error instanceof CycleAlreadyRunning) console.error(`running since ${error.startedAt}`);
  process.exitCode = error instanceof TemporalUnreachable ? 3 : 1;
}
