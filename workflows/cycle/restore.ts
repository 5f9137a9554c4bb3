import { enter, planDigest, type Cycle } from './cycle.ts';
import { seconds } from './prepare.ts';
import { runStep } from './run-step.ts';

/**
 * The undo of the change: files back, booted again where that is needed for nothing of the change
 * to keep running, and proven against manifest and baseline.
 */
export async function restoreHost(cycle: Cycle): Promise<void> {
  const { input, step, found, on } = cycle;
  if (cycle.state.name !== 'restoring')
    enter(cycle, { name: 'restoring', digest: planDigest(cycle) });

  const restored = await runStep(
    cycle,
    'restore',
    () =>
      on.restore('put the host back from its backup', {
        ...step,
        archiveSha256: found.backup?.archiveSha256 ?? null,
      }),
    (summary) =>
      summary === null
        ? 'nothing had been changed'
        : `${summary.restored} files put back, ${summary.deleted} deleted`,
  );
  const changed = restored !== null && restored.restored + restored.deleted > 0;
  found.touched ||= changed;
  if (restored === null) return;

  if (restored.rebootNeeded.answer !== 'no' && input.policy.reboot !== 'never') {
    const { rebooted, required, downMs } = await runStep(
      cycle,
      'reboot-and-wait',
      () => on.rebootAndWait('reboot into the restored system', { ...step, purpose: 'restore' }),
      (reboot) => `rebooted in ${seconds(reboot.downMs)}: ${restored.rebootNeeded.reason}`,
    );
    if (rebooted) found.reboots.push({ purpose: 'restore', reason: required, downMs });
  }
  found.restore = await runStep(
    cycle,
    'verify',
    () => on.proveRestored('prove the restored host against manifest and baseline', step),
    ({ exact, entriesCompared, differences }) =>
      exact
        ? `identical in all ${entriesCompared} entries`
        : `${differences.length} differences are left`,
  );
}
