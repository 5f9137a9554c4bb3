import { Config, type HostEntry } from '../domain/config.ts';
import { durationMs } from '../domain/duration.ts';
import { Policy } from '../domain/policy.ts';
import { blackoutProblems, spansOf } from './blackouts.ts';
import { readCalendar, type CalendarEvent } from './calendar.ts';
import { blackoutsLeaveTime, checkWindow } from './check-window.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Inventory } from './inventory.ts';
import { merged, overridden } from './overrides.ts';
import { scheduleTimes } from './schedule-times.ts';
import { timeZoneProblem } from './time-zone.ts';
import { explainIssues, parseYaml, type Explained } from './yaml-issues.ts';
import { FILE_ERRORS_MAX, readYaml, type FileError } from './yaml-source.ts';

export { FILE_SIZE_MAX, type FileError } from './yaml-source.ts';

export type ParsedConfig = { ok: true; config: Inventory } | { ok: false; errors: FileError[] };

/** Reads a file that the operator's file names. Throws an Error with the reason when it cannot. */
export type ReadFile = (file: string) => string;

/**
 * Reads the operator's file of policies and hosts. Beyond the schema it checks what only shows
 * when values are seen together: windows that never open or are too short, blackouts that leave no
 * time, hosts whose policy does not exist or does not fit their overrides. All errors at once, in
 * the order of the file.
 */
export function parseConfig(
  text: string,
  fileName: string,
  nowMs: number = Date.now(),
  readFile: ReadFile = noFiles,
): ParsedConfig {
  const parsed = parseYaml(text, fileName, Config);
  if (!parsed.ok) return parsed;
  const config = parsed.value;
  const problems: Problem[] = [];
  const inventory = { ...config, calendars: readCalendars(config, readFile, nowMs, problems) };
  problems.push(...policyProblems(inventory, nowMs), ...hostProblems(inventory, nowMs));
  const source = readYaml(text, fileName);
  const errors = problems
    .map(({ path, what, message, remedy }) => ({
      file: fileName,
      ...source.at(path, what),
      path: path.map(String).join('.'),
      message,
      remedy,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .slice(0, FILE_ERRORS_MAX);
  return errors.length === 0 ? { ok: true, config: inventory } : { ok: false, errors };
}

type Problem = Explained;

function noFiles(): never {
  throw new Error('files are not read here');
}

function readCalendars(
  { calendars }: Config,
  readFile: ReadFile,
  nowMs: number,
  problems: Problem[],
): Inventory['calendars'] {
  const read: Inventory['calendars'] = {};
  for (const [name, { file }] of Object.entries(calendars)) {
    const found = readOne(file, readFile, nowMs);
    read[name] = { file, events: typeof found === 'string' ? [] : found };
    if (typeof found !== 'string') continue;
    problems.push({
      path: ['calendars', name, 'file'],
      what: 'value',
      message: `the calendar "${name}" is not usable: ${found}`,
      remedy: 'Name an iCalendar file (RFC 5545), by its path from the folder of this file.',
    });
  }
  return read;
}

/** The events, or why there are none. */
function readOne(file: string, readFile: ReadFile, nowMs: number): CalendarEvent[] | string {
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const calendar = readCalendar(text, nowMs);
  return calendar.ok ? calendar.events : calendar.message;
}

function policyProblems({ policies, calendars }: Inventory, nowMs: number): Problem[] {
  return Object.entries(policies).flatMap(([name, policy]) => [
    ...timeProblems(policy, calendars, nowMs, ['policies', name]),
    ...scheduleProblems(policy, ['policies', name, 'schedule']),
  ]);
}

function scheduleProblems({ schedule, window }: Policy, path: string[]): Problem[] {
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
function timeProblems(
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

function hostProblems({ hosts, policies, calendars }: Inventory, nowMs: number): Problem[] {
  return Object.entries(hosts).flatMap(([host, entry]) => {
    const policy = Object.hasOwn(policies, entry.policy) ? policies[entry.policy] : undefined;
    return policy === undefined
      ? [unknownPolicy(host, entry, Object.keys(policies))]
      : overrideProblems(policy, entry.overrides, calendars, nowMs, ['hosts', host, 'overrides']);
  });
}

function unknownPolicy(host: string, { policy }: HostEntry, known: string[]): Problem {
  return {
    path: ['hosts', host, 'policy'],
    what: 'value',
    message: `there is no policy "${policy}"${didYouMean(policy, known) ?? ''}`,
    remedy:
      known.length === 0
        ? 'Write the policy under "policies:".'
        : `Name one of ${known.slice(0, 20).join(', ')}, or write "${policy}" under "policies:".`,
  };
}

/** What a policy says of its hosts together, so that none of them can have it different. */
const OF_ALL_HOSTS = ['rollout', 'schedule'];

function overrideProblems(
  policy: Policy,
  overrides: object,
  calendars: Inventory['calendars'],
  nowMs: number,
  path: string[],
): Problem[] {
  if (Object.keys(overrides).length === 0) return [];
  const shared = OF_ALL_HOSTS.filter((key) => Object.hasOwn(overrides, key));
  if (shared.length > 0) {
    return shared.map((key) => ({
      path: [...path, key],
      what: 'key',
      message: `the "${key}" of a policy is for all of its hosts`,
      remedy: 'Take it out, or give the host another policy.',
    }));
  }
  const parsed = overridden(policy, overrides);
  if (!parsed.success) {
    return explainIssues(parsed.error, merged(policy, overrides), Policy, path);
  }
  // Looking for openings takes milliseconds, and a fleet has thousands of hosts.
  const ofTimes = ['window', 'blackouts', 'limits'].some((key) => Object.hasOwn(overrides, key));
  return ofTimes ? timeProblems(parsed.data, calendars, nowMs, path) : [];
}
