import type { GroupBudgetStatus } from '../../client/index.ts';
import type { Look } from '../paint.ts';
import { table } from './table.ts';
import { ago } from './words.ts';

/** Who holds a slot of which group, who waits, and how a slot that was left behind is freed. */
export function budgetsText(
  budgets: readonly GroupBudgetStatus[],
  look: Look,
  nowMs: number,
): string {
  const { paint } = look;
  const rows = budgets.flatMap(({ group, book }) => [
    ...book.holders.map(({ host, gone, since }) => [
      group,
      host,
      gone === undefined ? 'disrupted' : paint('red', `left behind (${gone})`),
      ago(since, nowMs),
    ]),
    ...book.queue.map(({ host }) => [group, host, paint('yellow', 'waits'), '']),
  ]);
  if (rows.length === 0) return 'No host is disrupted, and none waits for a slot.';
  const left = budgets.flatMap(({ group, book }) =>
    book.holders
      .filter(({ gone }) => gone !== undefined)
      .map(({ host }) => `    patchcycle budget free ${group} ${host} --why "..."`),
  );
  return [
    table(['GROUP', 'HOST', 'SLOT', 'SINCE'], rows, look),
    ...(left.length === 0
      ? []
      : [
          '',
          'Look how these hosts are; then patch them again, or:',
          ...left.map((line) => paint('cyan', line)),
        ]),
  ].join('\n');
}
