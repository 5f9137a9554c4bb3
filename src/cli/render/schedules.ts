import type { ScheduleChange, ScheduleStatus } from '../../client/index.ts';
import { plain, type Look } from '../paint.ts';
import { table } from './table.ts';
import { count } from './words.ts';

/** What would be done to the schedules, one block each; those that stay as they are are counted. */
export function changesText(changes: readonly ScheduleChange[], { paint }: Look): string {
  const marks = {
    create: paint('green', '+ create'),
    change: paint('yellow', '~ change'),
    remove: paint('red', '- remove'),
    keep: '',
  };
  const kept = changes.filter(({ kind }) => kind === 'keep').length;
  return [
    ...changes
      .filter(({ kind }) => kind !== 'keep')
      .flatMap(({ name, kind, details }) => [
        `${marks[kind]} ${paint('bold', name)}`,
        ...details.map((detail) => `    ${plain(detail)}`),
      ]),
    ...(kept === 0 ? [] : [`  ${count(kept, 'schedule')} as they have to be`]),
  ].join('\n');
}

/** What came of it, in one line. */
export function doneText(changes: readonly ScheduleChange[], { paint, symbols }: Look): string {
  const kinds = { create: 'created', change: 'changed', remove: 'removed', keep: 'unchanged' };
  const counted = Object.entries(kinds).flatMap(([kind, word]) => {
    const amount = changes.filter((change) => change.kind === kind).length;
    return amount === 0 ? [] : [`${amount} ${word}`];
  });
  const done = counted.length === 0 ? 'the file asks for none' : counted.join(', ');
  return `${paint('green', symbols.done)} Schedules: ${done}`;
}

/** The schedules, one line each, and below them why some are paused. */
export function schedulesText(schedules: readonly ScheduleStatus[], look: Look): string {
  if (schedules.length === 0) {
    return 'There is no schedule. Write one into a policy, then: patchcycle schedule apply';
  }
  const rows = schedules.map(({ name, rule, timeZone, hosts, paused, next, running, ...rest }) => [
    name,
    paused ? look.paint('yellow', 'paused') : minute(next[0]),
    `${plain(rule)}, ${plain(timeZone)}`,
    String(hosts),
    running !== null ? look.paint('cyan', 'running') : (rest.last?.workflowId ?? ''),
    rest.skipped + rest.missed === 0 ? '' : `${rest.skipped} skipped, ${rest.missed} missed`,
  ]);
  return [
    table(['SCHEDULE', 'NEXT (UTC)', 'STARTS', 'HOSTS', 'LAST', ''], rows, look),
    ...schedules
      .filter(({ paused }) => paused)
      .map(({ name, note }) => `${name} is ${plain(note)}`),
  ].join('\n');
}

function minute(time: string | undefined): string {
  return time === undefined ? 'never' : time.slice(0, 16).replace('T', ' ');
}
