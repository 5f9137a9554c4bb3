/*
 * An agent as it is, which looks more often for its server, with two steps of its own:
 *
 *   node test-agent.ts ROOT
 *
 * `refresh` runs a package job that counts its runs and waits for the file `go`; `plan` answers at once.
 */
import { join } from 'node:path';
import { StepInput } from '../../../src/domain/steps.ts';
import type { PackageManager } from '../../../src/packages/port.ts';
import { runHostWorker } from '../../../src/worker/host-worker.ts';
import { stepActivity } from '../../../src/worker/step-activity.ts';

const root = process.argv[2] ?? '';
const script = `echo run >> ${root}/runs; while [ ! -e ${root}/go ]; do sleep 0.05; done; exit 7`;

await runHostWorker({
  watchEveryMs: 250,
  paths: {
    configDirectory: join(root, 'etc'),
    stateDirectory: join(root, 'state'),
    archiveDirectory: join(root, 'cache'),
  },
  choosePackages: () => ({ name: 'apt' }) as PackageManager,
  activities: (parts) => ({
    refresh: stepActivity(parts, {
      name: 'refresh',
      schema: StepInput,
      needsLock: false,
      run: async ({ tools }) => {
        const result = await tools.runJob('work', ['sh', '-c', script], { deadlineMs: 600_000 });
        return result as unknown as undefined;
      },
    }),
    plan: stepActivity(parts, {
      name: 'plan',
      schema: StepInput,
      needsLock: false,
      run: async ({ config }) => config.host as never,
    }),
  }),
});
