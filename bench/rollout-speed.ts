import { hostNames, withAgents } from './fleet/agents.ts';
import { onInstallation, type Installation } from './fleet/installation.ts';
import { rolloutOver, runRollout } from './fleet/run-rollout.ts';
import type { BenchResult } from './result.ts';

const FEW_HOSTS = 100;
const MANY_HOSTS = 1_000;

/** Whole rollouts over model hosts, each with an agent of its own: how fast, and whether a large one costs a host more. */
export async function rolloutSpeed(): Promise<BenchResult[]> {
  return onInstallation(async (installation) => {
    await secondsAHost(installation, 'warm-up', hostNames('warm', 50));
    const few = await secondsAHost(installation, 'few', hostNames('few', FEW_HOSTS));
    const many = await secondsAHost(installation, 'many', hostNames('many', MANY_HOSTS));
    return [
      {
        what: `rollout of ${MANY_HOSTS} hosts with steps that do nothing`,
        measured: 1 / many,
        unit: 'cycles/s',
        limit: 10,
        isRate: true,
        detail: `${(many * MANY_HOSTS).toFixed(1)} s for whole cycles`,
      },
      {
        what: `a host's cost in it, over that in a rollout of ${FEW_HOSTS}`,
        measured: many / few,
        unit: 'x',
        limit: 1.2,
        detail: `${(many * 1_000).toFixed(1)} ms a host; of ${FEW_HOSTS}: ${(few * 1_000).toFixed(1)} ms`,
      },
    ];
  });
}

async function secondsAHost(
  installation: Installation,
  name: string,
  hosts: readonly string[],
): Promise<number> {
  return withAgents(installation.native, hosts, async () => {
    const startedMs = performance.now();
    const { members } = await runRollout(installation, name, rolloutOver(hosts));
    const tookS = (performance.now() - startedMs) / 1_000;
    for (const { host, standing } of members) {
      if (standing.is !== 'ended' || standing.ending !== 'patched') {
        throw new Error(`${host} of the benchmark is ${JSON.stringify(standing)}`);
      }
    }
    return tookS / hosts.length;
  });
}
