import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { NamedPolicy } from '../src/domain/policy.ts';
import type { Report } from '../src/domain/report.ts';
import {
  CENTRAL_TASK_QUEUE,
  hostTaskQueue,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
} from '../src/temporal/names.ts';
import { startEmbeddedServer } from '../src/temporal/server/index.ts';
import { modelHost } from '../test/workflows/support/model-host.ts';
import { workflowBundle } from '../test/workflows/support/cycle-bench.ts';
import { median, type BenchResult } from './result.ts';

const HOSTS = 50;
/** The middle one counts: a single one is off by a tenth on a machine with neighbours. */
const ROUNDS = 5;
/** The limit is meant for eight steps; a whole cycle has more, and is counted by its real number. */
const STEPS_OF_THE_LIMIT = 8;

/**
 * What Temporal and the workflow cost, without any work: whole cycles of fifty model hosts at
 * once, on one machine with server, central worker and all agents.
 */
export async function orchestration(): Promise<BenchResult> {
  const server = await startEmbeddedServer({
    searchAttributes: SEARCH_ATTRIBUTES,
    uiPort: null,
    log: () => undefined,
  });
  const native = await NativeConnection.connect({ address: server.address });
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  const names = Array.from({ length: HOSTS }, (_, index) => `bench-${index}`);
  try {
    const models = names.map(() => modelHost());
    const workers = await Promise.all([
      Worker.create({
        connection: native,
        taskQueue: CENTRAL_TASK_QUEUE,
        workflowBundle: await workflowBundle(),
        activities: {
          notify: async () => undefined,
          listKnownBad: async () => [],
          storeReport: async () => ({ location: 'nowhere' }),
        },
      }),
      ...names.map((name, index) =>
        Worker.create({
          connection: native,
          taskQueue: hostTaskQueue(name),
          activities: models[index]?.activities ?? {},
          // As an agent polls.
          maxConcurrentActivityTaskExecutions: 1,
          maxConcurrentActivityTaskPolls: 1,
        }),
      ),
    ]);
    const running = Promise.all(workers.map((worker) => worker.run()));
    const policy = NamedPolicy.parse({
      name: 'bench',
      scope: 'all',
      approval: { required: false },
    });
    const cycle = async (host: string) => {
      const report = (await client.workflow.execute(WORKFLOW_TYPES.patchHost, {
        taskQueue: CENTRAL_TASK_QUEUE,
        workflowId: `patch/${host}/${randomUUID()}`,
        args: [{ host, policy, groups: [], requestedBy: 'bench' }],
      })) as Report;
      if (report.outcome !== 'patched')
        throw new Error(`A cycle of the benchmark ended ${report.outcome}`);
    };
    await cycle(names[0] ?? '');
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const model of models) {
        model.host.packages = 'old';
        model.host.ran.length = 0;
      }
      const startedMs = performance.now();
      await Promise.all(names.map(cycle));
      rounds.push(performance.now() - startedMs);
    }
    const tookMs = median(rounds);
    const steps = (models[0]?.host.ran.length ?? 0) + 2; // listKnownBad and storeReport run on the central worker.
    for (const worker of workers) worker.shutdown();
    await running;
    const perHost = tookMs / 1_000 / HOSTS;
    return {
      what: `orchestration of ${HOSTS} hosts, for each ${STEPS_OF_THE_LIMIT} no-op steps`,
      measured: (perHost * STEPS_OF_THE_LIMIT) / steps,
      unit: 's a host',
      limit: 0.06,
      detail: `${perHost.toFixed(3)} s for a whole cycle of ${steps} activities; all took ${rounds.map((ms) => (ms / 1_000).toFixed(2)).join(', ')} s`,
    };
  } finally {
    await connection.close();
    await native.close();
    await server.stop();
  }
}
