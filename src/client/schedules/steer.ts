import { ScheduleOverlapPolicy } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, RolloutAlreadyRunning } from '../errors.ts';
import { exchange } from '../exchange.ts';
import type { Session } from '../session.ts';
import { handleOf, knownSchedule } from './find.ts';
import type { StartedRollout } from '../rollouts/start.ts';
import { started } from './list.ts';

/** Who does it, and a reason that is shown beside the schedule. */
export type SteeringWords = { by: string; why?: string };

/** It starts nothing until it is resumed; what it started goes on. Throws NoSchedule, TemporalUnreachable, TemporalRefused. */
export async function pauseSchedule(
  session: Session,
  policy: string,
  words: SteeringWords,
): Promise<void> {
  await knownSchedule(session, policy);
  await exchange(session, `pausing the schedule of ${policy}`, () =>
    handleOf(session, policy).pause(note('paused', words)),
  );
}

/** Throws what {@link pauseSchedule} throws. */
export async function resumeSchedule(
  session: Session,
  policy: string,
  words: SteeringWords,
): Promise<void> {
  await knownSchedule(session, policy);
  await exchange(session, `resuming the schedule of ${policy}`, () =>
    handleOf(session, policy).unpause(note('resumed', words)),
  );
}

/** Its rollouts are started no more; those that run go on. Throws what {@link pauseSchedule} throws. */
export async function removeSchedule(session: Session, policy: string): Promise<void> {
  await knownSchedule(session, policy);
  await exchange(session, `removing the schedule of ${policy}`, () =>
    handleOf(session, policy).delete(),
  );
}

const STARTED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

/**
 * Starts the rollout now, paused or not, and answers it.
 * Throws RolloutAlreadyRunning while the last one runs, NoAnswer when Temporal starts none in time,
 * and what {@link pauseSchedule} throws.
 */
export async function triggerSchedule(session: Session, policy: string): Promise<StartedRollout> {
  const before = await knownSchedule(session, policy);
  const running = started(session, before.info.runningActions[0]?.workflow);
  if (running !== null) {
    throw new RolloutAlreadyRunning(
      `The schedule of ${policy} starts nothing: ${running.workflowId}, which it started, still runs.`,
      'Wait for its end, or abort it, and trigger the schedule again.',
    );
  }
  await exchange(session, `triggering the schedule of ${policy}`, () =>
    handleOf(session, policy).trigger(ScheduleOverlapPolicy.SKIP),
  );
  const giveUpMs = Date.now() + STARTED_WITHIN_MS;
  while (Date.now() < giveUpMs) {
    const { info } = await knownSchedule(session, policy);
    const taken = started(session, info.recentActions.at(-1)?.action.workflow);
    if (info.numActionsTaken > before.info.numActionsTaken && taken !== null) return taken;
    await sleep(LOOK_EVERY_MS);
  }
  throw new NoAnswer(
    `Temporal took the trigger of ${policy}, and started no rollout within ${STARTED_WITHIN_MS / 1_000} s.`,
    'Look what became of it: patchcycle schedule list',
  );
}

function note(what: string, { by, why }: SteeringWords): string {
  const at = new Date().toISOString().slice(0, 10);
  return `${what} by ${by} on ${at}${why === undefined ? '' : `: ${why}`}`;
}
