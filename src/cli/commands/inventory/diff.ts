import type { Command } from 'commander';
import { readInventory } from '../../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { inventoryFile } from '../../inventory.ts';
import type { Answer, Context, Kit } from '../../kit.ts';
import { diffText } from '../../render/fleet.ts';

export function diffCommand(kit: Kit): Command {
  return kit
    .connected('diff', 'compare the file with the agents: hosts without one, agents without a host')
    .argument('[file]', 'default ./patchcycle.yaml, then /etc/patchcycle/inventory.yaml')
    .addHelpText(
      'after',
      `
Examples:
  patchcycle inventory diff
  patchcycle inventory diff fleet.yaml --json | jq -r '.agentsWithoutHost[]'`,
    )
    .action(kit.action(diff));
}

async function diff(context: Context, named: string | undefined): Promise<Answer> {
  const { io, look } = context;
  const file = inventoryFile(io, named);
  const inventory = await readInventory(file);
  const client = await context.connect();
  const found = await client.diffInventory(inventory);
  return { exitCode: EXIT.good, document: { file, ...found }, text: diffText(file, found, look) };
}
