import { setCurrentDetails } from '@temporalio/workflow';
import type { SlotBook } from '../../src/domain/slot.ts';
import { commands, escaped, table } from '../cycle/details.ts';
import type { GroupBook } from './book.ts';

const ROWS_SHOWN = 50;
const DETAILS_MAX = 18_000;

/** Shows in the Web UI who holds a slot, who waits, and which slots are left behind. */
export function showBook({ group, book }: GroupBook): void {
  setCurrentDetails(bookDetails(group, book));
}

/** A group's book as Markdown for the Web UI. */
export function bookDetails(group: string, { holders, queue, freed }: SlotBook): string {
  const gone = holders.filter((holder) => holder.gone !== undefined);
  const rows = [
    ...holders.map((holder) => [
      holder.host,
      holder.gone ? `gone: ${holder.gone}` : 'holds a slot',
      holder.since,
    ]),
    ...queue.map(({ host }) => [host, 'waits', '']),
  ];
  const more = rows.length - ROWS_SHOWN;
  return [
    `## ${group}: ${holders.length} disrupted, ${queue.length} waiting`,
    ...(gone.length === 0
      ? []
      : [
          '**Left behind**: the cycle is over, and nobody knows how the host is. Look at it; then patch it again, or:',
          commands(
            gone
              .slice(0, ROWS_SHOWN)
              .map(({ host }) => `patchcycle budget free ${group} ${host} --why "..."`),
          ),
        ]),
    table(['host', 'slot', 'since'], rows.slice(0, ROWS_SHOWN)),
    ...(more > 0 ? [`… and ${more} more`] : []),
    ...freed
      .slice(-10)
      .map(({ host, by, why, at }) => `- ${at} ${host} freed by ${escaped(by)}: ${escaped(why)}`),
  ]
    .join('\n\n')
    .slice(0, DETAILS_MAX);
}
