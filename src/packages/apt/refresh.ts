import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT, updateArgv } from './arguments.ts';
import { classify } from './classify.ts';
import { waitForLocks } from '../shared/locks.ts';
import { findListsLockHolder } from './locks.ts';
import { packageToolFailure } from './run.ts';
import type { AptSettings } from './settings.ts';

/** apt gives up on a silent mirror after half a minute; this bounds many slow ones together. */
const UPDATE_TIMEOUT_MS = 900_000;

const LOST_PAUSE_MS = 1_000;

/**
 * See {@link PackageManager.refresh} of the port. What apt writes is judged beside its exit status:
 * a version that does not know the strict mode only warns and goes on with its old lists.
 */
export async function refresh(tools: HostTools, settings: AptSettings): Promise<void> {
  const giveUpAt = performance.now() + settings.lockWaitMs;
  for (;;) {
    // apt itself does not wait for this lock, whatever DPkg::Lock::Timeout says.
    await waitForLocks(findListsLockHolder, Math.max(0, giveUpAt - performance.now()), (text) =>
      tools.progress(text),
    );
    const result = await tools.run(updateArgv(), {
      env: APT_ENVIRONMENT,
      timeoutMs: UPDATE_TIMEOUT_MS,
    });
    if (
      result.exitCode === 0 &&
      !/^(?:W: .*Failed to fetch|W: Some index|E: )/m.test(result.stderr)
    ) {
      return;
    }
    const lost = classify(result.stderr, 'lists') === 'PackageLockHeld';
    // Somebody took the lock between the look and apt's start, or holds it where nobody can look.
    if (lost && performance.now() < giveUpAt) {
      await sleep(LOST_PAUSE_MS);
      continue;
    }
    throw packageToolFailure(result, 'the package lists could not be brought up to date', 'lists');
  }
}
