/*
 * An agent on a lab host, reduced to jobs that run as systemd units, and to the order to reboot:
 *
 *   node unit-job-waiter.cjs job CYCLE_DIRECTORY NAME DEADLINE_MS PROGRAM [ARGUMENT...]
 *   node unit-job-waiter.cjs reboot UNIT
 */
import { createRunCommand } from '../../../src/host/command.ts';
import { startAsUnit } from '../../../src/host/job-start.ts';
import { createRunJob } from '../../../src/host/job.ts';
import { orderReboot } from '../../../src/host/order-reboot.ts';
import type { Argv } from '../../../src/host/tools.ts';

const [what = '', first = '', name = '', deadlineMs = '', ...argv] = process.argv.slice(2);
const run = createRunCommand({ cycleDirectory: null, step: 'upgrade' });

async function main(): Promise<unknown> {
  if (what === 'reboot') return orderReboot(run, 'lab', first);
  const supervisor: Argv = [process.execPath, '/opt/patchcycle/job-supervisor.cjs'];
  const runJob = createRunJob({
    cycleDirectory: first,
    cycle: '20261124t184300z-1a2b3c4d',
    step: 'upgrade',
    start: startAsUnit(run, supervisor),
    progress: () => {},
  });
  return runJob(name, argv as unknown as Argv, { deadlineMs: Number(deadlineMs) });
}

void main().then((result) => console.log(JSON.stringify(result ?? null)));
