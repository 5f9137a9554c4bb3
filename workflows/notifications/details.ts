import { setCurrentDetails } from '@temporalio/workflow';
import type { Gathering } from '../../src/domain/notice.ts';
import { escaped, table } from '../cycle/details.ts';

const ROWS_SHOWN = 40;
const DETAILS_MAX = 18_000;

/** Shows in the Web UI what waits to be told, and which channels did not take what they were told. */
export function showGathering(gathering: Gathering): void {
  setCurrentDetails(gatheringDetails(gathering));
}

export function gatheringDetails({
  rules,
  waiting,
  sent,
  unnamed,
  troubles,
  refusedCount,
}: Gathering): string {
  const channels = rules?.channels.map(({ name }) => name).join(', ') || 'none';
  return [
    `## Notifications\n${sent.length} of ${rules?.perHour ?? 0} messages went out within the hour. Channels: ${channels}.`,
    ...(waiting.length === 0
      ? ['Nothing waits to be told.']
      : [
          table(
            ['due', 'what', 'how many'],
            waiting
              .slice(0, ROWS_SHOWN)
              .map(({ dueAt, alike }) => [dueAt, escaped(alike.notice.subject), `${alike.count}`]),
          ),
        ]),
    ...(unnamed > 0 ? [`${unnamed} more found no room and are only counted.`] : []),
    ...(troubles.length === 0
      ? []
      : [
          '### Not taken',
          troubles.map(({ at, channel, why }) => `- ${at} ${channel}: ${escaped(why)}`).join('\n'),
        ]),
    ...(refusedCount > 0 ? [`${refusedCount} messages were no notices and were refused.`] : []),
  ]
    .join('\n\n')
    .slice(0, DETAILS_MAX);
}
