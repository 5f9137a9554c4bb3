import { durationMs } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import { REVIEW_SCHEDULE } from '../../domain/schedule.ts';
import { blackoutProblems, spansOf } from '../blackouts.ts';
import { blackoutsLeaveTime, checkWindow } from '../check-window.ts';
import type { Inventory } from '../inventory.ts';
import { scheduleTimes } from '../schedule-times.ts';
import { timeZoneProblem } from '../time-zone.ts';
import type { Problem } from './problem.ts';

/** What is wrong with the times of policies: windows, blackouts and schedules; and with their names. */
export function policyProblems(
  { policies, calendars, review }: Inventory,
  nowMs: number,
): Problem[] {
  const ofPolicies = Object.entries(policies).flatMap(([name, policy]) => [
    ...timeProblems(policy, calendars, nowMs, ['policies', name]),
    ...scheduleProblems(policy, ['policies', name, 'schedule']),
    ...nameProblems(name),
  ]);
  return [...ofPolicies, ...scheduleProblems(review, ['review', 'schedule'])];
}

/** Both would be steered by one name. */
function nameProblems(name: string): Problem[] {
  if (name !== REVIEW_SCHEDULE) return [];
  const message = `"${name}" is the name of the fleet's review, so no policy can have it`;
  return [{ path: ['policies', name], what: 'key', message, remedy: 'Give it another name.' }];
}

function scheduleProblems(
  { schedule, window }: Pick<Policy, 'schedule' | 'window'>,
  path: string[],
): Problem[] {
  if (schedule === undefined) return [];
  const zone = schedule.timeZone ?? window?.timeZone;
  const wrongZone =
    zone === undefined
      ? 'it has to say whose time is meant, because the policy has no window: add a "timeZone"'
      : schedule.timeZone === undefined
        ? null
        : timeZoneProblem(zone);
  const parsed = scheduleTimes(schedule);
  const problems = [
    ...(parsed.ok ? [] : parsed.problems),
    ...(wrongZone === null ? [] : [wrongZone]),
  ];
  return problems.map((message) => ({
    path,
    what: 'value',
    message,
    remedy: 'Correct the schedule, or leave it out and start rollouts yourself.',
  }));
}

/** What is wrong with the times at which a policy allows disruption. */
export function timeProblems(
  policy: Policy,
  calendars: Inventory['calendars'],
  nowMs: number,
  path: string[],
): Problem[] {
  const { window, limits, blackouts } = policy;
  const neededMs = durationMs(limits.wholeCycle);
  const wrongWindow =
    window === undefined ? [] : checkWindow(window, neededMs, nowMs).map(windowProblem);
  const wrongBlackouts = blackoutProblems(policy, calendars).map(({ index, message }) =>
    blackoutProblem([String(index)], message),
  );
  if (wrongWindow.length + wrongBlackouts.length > 0 || blackouts.length === 0) {
    return [...wrongWindow, ...wrongBlackouts];
  }
  const times = { window, blackouts: spansOf(policy, calendars) };
  return blackoutsLeaveTime(times, neededMs, nowMs)
    ? []
    : [blackoutProblem([], 'these blackouts leave no opening that is long enough for a cycle')];

  function windowProblem(message: string): Problem {
    const remedy = 'Correct the window, or leave it out so that every time is allowed.';
    return { path: [...path, 'window'], what: 'value', message, remedy };
  }

  function blackoutProblem(at: string[], message: string): Problem {
    const remedy = 'Correct the blackout, or leave it out.';
    return { path: [...path, 'blackouts', ...at], what: 'value', message, remedy };
  }
}
