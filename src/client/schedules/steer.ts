import { ScheduleOverlapPolicy } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { NoAnswer, RolloutAlreadyRunning } from '../errors.ts';
import { exchange } from '../exchange.ts';
import type { Session } from '../session.ts';
import { handleOf, knownSchedule } from './find.ts';
import { started, type StartedBySchedule } from './list.ts';

/** Who does it, and a reason that is shown beside the schedule. */
export type SteeringWords = { by: string; why?: string };

/** It starts nothing until it is resumed; what it started goes on. Throws NoSchedule, TemporalUnreachable, TemporalRefused. */
export async function pauseSchedule(
  session: Session,
  name: string,
  words: SteeringWords,
): Promise<void> {
  await knownSchedule(session, name);
  await exchange(session, `pausing the schedule ${name}`, () =>
    handleOf(session, name).pause(note('paused', words)),
  );
}

/** Throws what {@link pauseSchedule} throws. */
export async function resumeSchedule(
  session: Session,
  name: string,
  words: SteeringWords,
): Promise<void> {
  await knownSchedule(session, name);
  await exchange(session, `resuming the schedule ${name}`, () =>
    handleOf(session, name).unpause(note('resumed', words)),
  );
}

/** It starts nothing any more; what it started goes on. Throws what {@link pauseSchedule} throws. */
export async function removeSchedule(session: Session, name: string): Promise<void> {
  await knownSchedule(session, name);
  await exchange(session, `removing the schedule ${name}`, () => handleOf(session, name).delete());
}

const STARTED_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

/**
 * Starts its rollout or review now, paused or not, and answers it.
 * Throws RolloutAlreadyRunning while the last one runs, NoAnswer when Temporal starts none in time,
 * and what {@link pauseSchedule} throws.
 */
export async function triggerSchedule(session: Session, name: string): Promise<StartedBySchedule> {
  const before = await knownSchedule(session, name);
  const running = started(session, before.info.runningActions[0]?.workflow);
  if (running !== null) {
    throw new RolloutAlreadyRunning(
      `The schedule ${name} starts nothing: ${running.workflowId}, which it started, still runs.`,
      'Wait for its end, or abort it, and trigger the schedule again.',
    );
  }
  await exchange(session, `triggering the schedule ${name}`, () =>
    handleOf(session, name).trigger(ScheduleOverlapPolicy.SKIP),
  );
  const giveUpMs = Date.now() + STARTED_WITHIN_MS;
  while (Date.now() < giveUpMs) {
    const { info } = await knownSchedule(session, name);
    const taken = started(session, info.recentActions.at(-1)?.action.workflow);
    if (info.numActionsTaken > before.info.numActionsTaken && taken !== null) return taken;
    await sleep(LOOK_EVERY_MS);
  }
  throw new NoAnswer(
    `Temporal took the trigger of ${name}, and started nothing within ${STARTED_WITHIN_MS / 1_000} s.`,
    'Look what became of it: patchcycle schedule list',
  );
}

function note(what: string, { by, why }: SteeringWords): string {
  const at = new Date().toISOString().slice(0, 10);
  return `${what} by ${by} on ${at}${why === undefined ? '' : `: ${why}`}`;
}
