import type { Command } from 'commander';
import { readInventory, type Inventory } from '../../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import { findInventoryFile } from '../inventory.ts';
import type { Answer, Context, Kit } from '../kit.ts';
import { fleetText } from '../render/fleet.ts';

export function hostsCommand(kit: Kit): Command {
  return kit
    .connected('hosts', 'list the fleet: what is pending, the last cycle, and when each was seen')
    .option('--inventory <file>', 'the file of policies and hosts; default ./patchcycle.yaml')
    .option('--findings', 'only hosts about which there is something to say')
    .addHelpText(
      'after',
      `
Agents announce their hosts when they start, every hour, and after each cycle. What is pending is
counted from the package lists as they are on the host; a cycle refreshes them.

Examples:
  patchcycle hosts
  patchcycle hosts --findings
  patchcycle hosts --json | jq '.hosts[] | select(.record.announcement.updates.pending.security > 0) | .host'`,
    )
    .action(kit.action(hosts));
}

type Options = { inventory?: string; findings?: boolean };

async function hosts(context: Context, options: Options): Promise<Answer> {
  const { io, look } = context;
  const file = findInventoryFile(io, options.inventory);
  const inventory: Inventory | null = file === null ? null : await readInventory(file);
  const client = await context.connect();
  const all = await client.listFleet(inventory);
  const shown = options.findings ? all.filter(({ findings }) => findings.length > 0) : all;
  const text = fleetText(shown, look, Date.now());
  return { exitCode: EXIT.good, document: { inventory: file, hosts: shown }, text };
}
