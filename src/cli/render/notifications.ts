import type { Gathering } from '../../domain/notice.ts';
import type { TriedChannel } from '../../worker/try-channels.ts';
import { plain, type Look } from '../paint.ts';
import { table } from './table.ts';

/** What waits to be told and when, and what channels did not take. */
export function gatheringText({ waiting, unnamed, troubles }: Gathering, look: Look): string {
  const rows = waiting.map(({ dueAt, alike }) => [
    dueAt,
    plain(alike.notice.subject),
    String(alike.count),
  ]);
  const failed = troubles.map(({ at, channel, why }) => [at, channel, plain(why)]);
  return [
    rows.length === 0 ? 'Nothing waits to be told.' : table(['DUE', 'WHAT', 'HOSTS'], rows, look),
    ...(unnamed > 0 ? [`${unnamed} more found no room and are only counted.`] : []),
    ...(failed.length === 0 ? [] : ['', table(['AT', 'CHANNEL', 'NOT TAKEN'], failed, look)]),
  ].join('\n');
}

export function triedText(channels: readonly TriedChannel[], { paint, symbols }: Look): string {
  if (channels.length === 0) return 'The file has no channel.';
  return channels
    .map(({ channel, problem }) =>
      problem === null
        ? `${paint('green', symbols.done)} ${channel} took the message`
        : `${paint('red', symbols.failed)} ${plain(problem)}`,
    )
    .join('\n');
}
