import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { StepFailure } from '../domain/failure.ts';
import { commandFailure } from './command.ts';
import type { Argv, RunCommand } from './tools.ts';

/**
 * Starts the supervisor of one job, so that it depends on nothing of this process: not its process
 * group, not its unit, not its pipes. May be called again for the same job, because only one
 * supervisor ever gets to run it. Fails with `CommandFailed` when it could not be started.
 */
export type StartSupervisor = (unit: string, jobDirectory: string) => Promise<void>;

/**
 * As a transient systemd unit of its own, which stays when the agent's unit is stopped, restarted
 * or removed. `supervisor` is the program and its first arguments; the job's directory follows.
 */
export function startAsUnit(run: RunCommand, supervisor: Argv): StartSupervisor {
  return async (unit, jobDirectory) => {
    const argv: Argv = [
      'systemd-run',
      '--quiet',
      '--collect',
      `--unit=${unit}`,
      '--description=patchcycle package job',
      '--service-type=exec',
      // Stopping the unit reaches the supervisor only, and that goes on until the job has ended.
      '--property=KillMode=process',
      // A host that is being shut down waits this long for a package tool in its middle.
      '--property=TimeoutStopSec=15min',
      // When memory runs out, the one process that was ended is enough.
      '--property=OOMPolicy=continue',
      '--',
      ...supervisor,
      jobDirectory,
    ];
    const result = await run(argv, { timeoutMs: 30_000 });
    // A unit of this name exists: an agent that crashed right after this call had started it.
    if (result.exitCode === 0 || /already (?:loaded|exists)/i.test(result.stderr)) return;
    throw commandFailure(
      'CommandFailed',
      `systemd did not start the package job ${unit}; nothing was changed by it.`,
      result,
      'Look at the journal of the host (journalctl -b -p warning) and whether systemd answers: systemctl is-system-running.',
    );
  };
}

/** Without systemd: as a process of its own session, which outlives this one. */
export function startDetached(supervisor: Argv): StartSupervisor {
  return async (unit, jobDirectory) => {
    const [file, ...args] = supervisor;
    const child = spawn(file, [...args, jobDirectory], {
      cwd: '/',
      env: {},
      stdio: 'ignore',
      detached: true,
    });
    child.unref();
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new StepFailure(
        'CommandFailed',
        `The package job ${unit} could not be started: ${String(error)}.`,
        {
          remedy: `Look whether ${file} exists on the host and can be executed.`,
        },
      );
    }
  };
}
