/*
 * An agent reduced to waiting for one job: runs it, or finds it, and prints its result.
 *
 *   node job-waiter.ts CYCLE_DIRECTORY NAME DEADLINE_MS PROGRAM [ARGUMENT...]
 */
import { join } from 'node:path';
import { startDetached } from '../../../src/host/job-start.ts';
import { createRunJob } from '../../../src/host/job.ts';
import type { Argv } from '../../../src/host/tools.ts';

const [cycleDirectory = '', name = '', deadlineMs = '', ...argv] = process.argv.slice(2);
const supervisor = join(import.meta.dirname, '../../../src/host/job-supervisor.ts');
const runJob = createRunJob({
  cycleDirectory,
  cycle: '20261124t184300z-1a2b3c4d',
  step: 'upgrade',
  start: startDetached([process.execPath, supervisor]),
  progress: () => {},
});
const result = await runJob(name, argv as unknown as Argv, { deadlineMs: Number(deadlineMs) });
console.log(JSON.stringify(result));
