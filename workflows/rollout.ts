import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { patchWorkflowId } from '../src/temporal/names.ts';
import { nextMove, type Move } from '../src/planning/rollout-moves.ts';
import type { RolloutState, RolloutView } from '../src/domain/rollout.ts';
import { now } from './cycle/cycle.ts';
import { abortSignal } from './messages.ts';
import { endingsOf, tellPeople } from './rollout/tell-people.ts';
import { showRollout } from './rollout/details.ts';
import { findLost } from './rollout/find-lost.ts';
import { passWordsOn } from './rollout/pass-words-on.ts';
import { listen } from './rollout/listen.ts';
import { startHosts } from './rollout/start-hosts.ts';
import { enterState, openRollout, viewOf, type Rollout } from './rollout/state.ts';
import { tellWorkflow } from './tell-workflow.ts';

/** How often cycles that say nothing are looked for, in case somebody ended them from outside. */
const LOOK_EVERY_MS = 60 * 60_000;

/**
 * The ordered waves of one fleet. Which host is in which wave was planned beforehand; what is done
 * next is decided in src/planning/rollout-moves.ts. A host's cycle is a child that goes on whatever
 * becomes of the rollout, and that tells it by signals where it stands: so a run may end in
 * mid-wave and the next one carry on.
 */
export async function rollout(input: unknown): Promise<RolloutView> {
  const fleet = openRollout(input);
  listen(fleet);
  return CancellationScope.nonCancellable(async () => {
    void lookEveryHour(fleet);
    fleet.mayBeLost = fleet.input.progress !== undefined;
    for (;;) {
      fleet.heard = false;
      await passWordsOn(fleet);
      await condition(allHandlersFinished);
      if (fleet.progress.state.name === 'ended') {
        // Cycles that have told their end still give the lock back and have the report stored.
        await Promise.all(fleet.closing);
        return viewOf(fleet);
      }
      // The next run knows of no rejection, so this one has to have passed on all of them.
      if (isFull() && fleet.rejections.length === 0) {
        await continueAsNew<typeof rollout>({ ...fleet.input, progress: fleet.progress });
      }
      await make(fleet, nextMove(fleet.progress, fleet.input, Date.now()));
      showRollout(fleet);
    }
  });
}

async function make(fleet: Rollout, move: Move): Promise<void> {
  switch (move.kind) {
    case 'start':
      enterState(fleet, { name: 'running' });
      return startHosts(fleet, move.members);
    case 'soak':
      return enterState(fleet, { name: 'soaking', until: move.until });
    case 'next-wave':
      fleet.progress.wave += 1;
      return enterState(fleet, { name: 'running' });
    case 'halt':
      enterState(fleet, { name: 'halted', why: move.why, since: now() });
      return tellThatHalted(fleet);
    case 'end':
      enterState(fleet, { name: 'ended', outcome: move.outcome });
      return tellPeople(fleet, 'rollout-finished', move.outcome, [endingsOf(fleet)]);
    case 'wait':
      if (fleet.progress.state.name === 'aborting') await endCycles(fleet);
      return wait(fleet, move.untilMs);
  }
}

/** A timer for every turn would double the history, so there is one only where the move names a time. */
async function wait(fleet: Rollout, untilMs: number | null): Promise<void> {
  const goesOn = () => fleet.heard || fleet.mayBeLost || isFull();
  if (untilMs === null) await condition(goesOn);
  else {
    const { name } = fleet.progress.state;
    const options = { summary: WAITS_FOR[name] ?? 'hosts are busy' };
    const isTime = !(await condition(goesOn, Math.max(1, untilMs - Date.now()), options));
    if (isTime && name === 'halted') await tellThatHalted(fleet);
  }
  if (!fleet.mayBeLost) return;
  fleet.mayBeLost = false;
  await findLost(fleet);
}

const WAITS_FOR: Partial<Record<RolloutState['name'], string>> = {
  soaking: 'the wave is watched',
  halted: 'people are reminded',
};

async function tellThatHalted(fleet: Rollout): Promise<void> {
  const { state } = fleet.progress;
  if (state.name !== 'halted') return;
  await tellPeople(fleet, 'rollout-halted', 'halted', [state.why, endingsOf(fleet)]);
}

async function lookEveryHour(fleet: Rollout): Promise<void> {
  for (;;) {
    await sleep(LOOK_EVERY_MS, { summary: 'look for cycles that were ended from outside' });
    fleet.mayBeLost = true;
  }
}

/** A cycle that has changed something refuses this, and finishes or restores its host. */
async function endCycles(fleet: Rollout): Promise<void> {
  const { state, members } = fleet.progress;
  if (state.name !== 'aborting') return;
  const told = members.map(async ({ host, standing }) => {
    if (standing.is !== 'running' || fleet.toldToEnd.has(host)) return;
    fleet.toldToEnd.add(host);
    const why = `the rollout ${fleet.name} is aborted`;
    await tellWorkflow(patchWorkflowId(host), abortSignal, { by: state.by, why }, standing.runId);
  });
  await Promise.all(told);
}

/** Temporal says so at 4,096 events or 4 MB: each of hundreds of cycles hands its report to the run that started it. */
function isFull(): boolean {
  return workflowInfo().continueAsNewSuggested;
}
