import type { Command } from 'commander';
import { BadRequest, readInventory } from '../../../client/index.ts';
import { PersonName, Reason, ShortName } from '../../../domain/names.ts';
import { didYouMean } from '../../../planning/did-you-mean.ts';
import { EXIT } from '../../exit-codes.ts';
import { inventoryFile } from '../../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';

type Options = { why: string; by?: string; inventory?: string };

export function acknowledgeCommand(kit: Kit): Command {
  return kit
    .connected('acknowledge', 'say that a policy is as it should be; its age begins anew')
    .argument('<policy>', 'the policy', parser(ShortName))
    .requiredOption('--why <text>', 'a sentence for the record; has to be said', parser(Reason))
    .option('--by <name>', 'who says it; default your login', parser(PersonName))
    .option('--inventory <file>', 'the file that has the policy; default ./patchcycle.yaml')
    .addHelpText(
      'after',
      `
Examples:
  patchcycle policy acknowledge critical --why "looked at with the shop's team"`,
    )
    .action(kit.action(acknowledge));
}

async function acknowledge(context: Context, policy: string, options: Options): Promise<Answer> {
  const { io, look } = context;
  const { policies } = await readInventory(inventoryFile(io, options.inventory));
  if (!Object.hasOwn(policies, policy)) {
    const hint = didYouMean(policy, Object.keys(policies)) ?? '';
    throw new BadRequest(
      `There is no policy ${policy} in the file${hint}.`,
      'Name one of the file, or another file with --inventory.',
    );
  }
  const by = personName(io, options.by);
  const client = await context.connect();
  await client.acknowledgePolicy({ policy, by, why: options.why });
  return {
    exitCode: EXIT.good,
    document: { policy, by, why: options.why, acknowledged: true },
    text: `${look.paint('green', look.symbols.done)} ${by} says that the policy ${policy} is as it should be.`,
  };
}
