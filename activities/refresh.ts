import type { StepInput } from '../src/domain/steps.ts';
import type { StepContext } from './context.ts';

/*
 * | step    | does                                     | undo |
 * | ------- | ---------------------------------------- | ---- |
 * | refresh | package lists up to date, or a failure   | none |
 */

/**
 * Brings the package lists up to date; old lists never pass for new ones.
 * Fails with `MirrorUnreachable`, `MirrorListsBroken`, `ReleaseExpired`, `SignatureInvalid`,
 * `HashMismatch`, `PackageLockHeld`, `NotEnoughSpace`.
 */
export async function refresh(context: StepContext, _input: StepInput): Promise<void> {
  await context.packages.refresh();
}
