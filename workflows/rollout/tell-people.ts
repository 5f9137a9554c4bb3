import { ActivityFailure } from '@temporalio/workflow';
import { cameThrough } from '../../src/planning/rollout-summary.ts';
import { controlActivities } from '../cycle/host-steps.ts';
import type { Rollout } from './state.ts';

/** Tells people what became of the rollout. A notice that cannot be sent stops nothing. */
export async function tellPeople(
  { name }: Rollout,
  kind: 'rollout-halted' | 'rollout-finished',
  what: string,
  lines: string[],
): Promise<void> {
  const subject = `rollout ${name} ${what}`;
  const command = `patchcycle rollout status ${name}`;
  try {
    const notice = { kind, about: name, subject, lines, command };
    await controlActivities(`tell people: ${subject}`).notify(notice);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
  }
}

/** The whole rollout in one sentence. */
export function endingsOf({ progress }: Rollout): string {
  const { members } = progress;
  const good = members.filter(cameThrough).length;
  const skipped = members.filter(({ standing }) => standing.is === 'skipped').length;
  const waiting = members.filter(({ standing }) => standing.is === 'waiting').length;
  const others = members.length - good - skipped - waiting;
  return [
    `${good} of ${members.length} hosts came through`,
    ...(others > 0 ? [`${others} did not`] : []),
    ...(skipped > 0 ? [`${skipped} were skipped`] : []),
    ...(waiting > 0 ? [`${waiting} were not begun`] : []),
  ].join('; ');
}
