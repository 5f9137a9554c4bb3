import { formatDuration } from '../../src/domain/duration.ts';
import { enter, planDigest, type Cycle } from './cycle.ts';
import { registerUndo } from './compensation.ts';
import { runStep } from './run-step.ts';

/** Looks at the host and takes its lock; from here on the cycle owes the host a release. */
export async function inspect(cycle: Cycle): Promise<void> {
  const { input, step, on } = cycle;
  const { requestedBy, takeOver } = input;
  cycle.found.facts = await runStep(
    cycle,
    'inspect',
    () =>
      on.inspect(`inspect ${input.host}`, {
        ...step,
        requestedBy,
        ...(takeOver === undefined ? {} : { takeOver }),
      }),
    ({ os, kernel, held }) =>
      `${os.name}, kernel ${kernel}${held.length > 0 ? `; held: ${held.join(', ')}` : ''}`,
  );
}

/** Everything that must be there before the first change: archives, a drained host, a baseline, a verified backup. */
export async function prepare(cycle: Cycle): Promise<void> {
  const { step, on } = cycle;
  const planned = { ...step, digest: planDigest(cycle) };
  enter(cycle, { name: 'preparing', digest: planned.digest });

  await runStep(
    cycle,
    'download',
    () => on.download('download and check every archive', planned),
    ({ archives, downloadedBytes }) =>
      `${archives} archives are here and match the plan, ${megabytes(downloadedBytes)} fetched`,
  );
  registerUndo(cycle, 'drain', () => undrain(cycle));
  await runStep(
    cycle,
    'drain',
    () => on.drain('drain; other updaters off', step),
    ({ hook, updatersSuspended }) =>
      `${hook === null ? 'no hook' : `hook ${hook} ran`}; other updaters off: ${updatersSuspended.join(', ') || 'none were on'}`,
  );
  await runStep(
    cycle,
    'baseline',
    () => on.baseline('take the baseline', planned),
    ({ activeServices, failedUnits, probes }) =>
      `${activeServices} services active, ${failedUnits.length} failed units, ${probes.length} probes answer`,
  );
  cycle.found.backup = await runStep(
    cycle,
    'backup',
    () => on.backup('back up and verify', planned),
    ({ files, archiveBytes }) =>
      `${files} files in ${megabytes(archiveBytes)}, read back and verified`,
  );
}

async function undrain(cycle: Cycle): Promise<void> {
  const { step, on } = cycle;
  await runStep(
    cycle,
    'undrain',
    () => on.undrain('undrain; other updaters on', step),
    () => 'traffic and updaters are as before',
  );
}

export function megabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1_000_000).toFixed(1)} MB`;
}

export function seconds(lengthMs: number | null): string {
  return lengthMs === null ? 'an unknown time' : formatDuration(lengthMs);
}
