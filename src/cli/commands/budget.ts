import type { Command } from 'commander';
import type { GroupBudgetStatus } from '../../client/index.ts';
import { HostName, PersonName, Reason, ShortName } from '../../domain/names.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';
import { budgetsText } from '../render/budgets.ts';

export function budgetCommand(kit: Kit): Command {
  const show = kit
    .connected('show', 'who holds a slot of the groups with a disruption budget, and who waits')
    .argument('[group]', 'one group; all in use when left out', parser(ShortName))
    .action(kit.action(showBudgets));
  const free = kit
    .connected('free', 'take the slot from a host whose cycle is gone, having seen that it is well')
    .argument('<group>', 'the group', parser(ShortName))
    .argument('<host>', 'the host', parser(HostName))
    .requiredOption('--why <text>', 'a sentence for the record; has to be said', parser(Reason))
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .action(kit.action(freeSlot));
  return kit
    .group('budget', 'disruption budgets: how many hosts of a group are disrupted at once')
    .addCommand(show, { isDefault: true })
    .addCommand(free);
}

async function showBudgets(context: Context, group: string | undefined): Promise<Answer> {
  const client = await context.connect();
  const budgets: GroupBudgetStatus[] =
    group === undefined ? await client.listBudgets() : [await client.budget(group)];
  return {
    exitCode: EXIT.good,
    document: { budgets },
    text: budgetsText(budgets, context.look, Date.now()),
  };
}

async function freeSlot(
  context: Context,
  group: string,
  host: string,
  options: { why: string; by?: string },
): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  const book = await client.freeSlot(group, { host, by, why: options.why });
  const { paint, symbols } = context.look;
  return {
    exitCode: EXIT.good,
    document: { group, host, by, book },
    text: `${paint('green', symbols.done)} The slot that ${host} held of ${group} is free, by ${by}.`,
  };
}
