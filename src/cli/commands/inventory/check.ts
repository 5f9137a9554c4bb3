import type { Command } from 'commander';
import { InventoryInvalid, readInventory } from '../../../client/index.ts';
import type { Config } from '../../../domain/config.ts';
import { EXIT } from '../../exit-codes.ts';
import { inventoryFile } from '../../inventory.ts';
import type { Answer, Context, Kit } from '../../kit.ts';
import { plain } from '../../paint.ts';
import { table } from '../../render/table.ts';
import { count } from '../../render/words.ts';

/** One command with two names: `inventory check` and, from before there was more in the file, `policy check`. */
export function checkCommand(kit: Kit, group: 'inventory' | 'policy'): Command {
  return kit
    .command('check', 'check a file of policies and hosts: every error with its line and mend')
    .argument('[file]', 'default ./patchcycle.yaml, then /etc/patchcycle/inventory.yaml')
    .addHelpText(
      'after',
      `
Example:
  patchcycle ${group} check fleet.yaml`,
    )
    .action(kit.action(checkFile));
}

async function checkFile(context: Context, named: string | undefined): Promise<Answer> {
  const file = inventoryFile(context.io, named);
  try {
    const inventory = await readInventory(file);
    return {
      exitCode: EXIT.good,
      document: documentOf(file, inventory),
      text: textOf(context, file, inventory),
    };
  } catch (error) {
    if (!(error instanceof InventoryInvalid)) throw error;
    const { paint, symbols } = context.errLook;
    // The keys of the file are in it, and a file from elsewhere may have anything for a key.
    const message = error.message.split('\n').map(plain).join('\n');
    context.say(`${paint('red', symbols.failed)} ${message}`);
    return {
      exitCode: EXIT.wrongUse,
      document: { file, ok: false, errors: error.errors },
      text: '',
    };
  }
}

function documentOf(file: string, { policies, groups, hosts }: Config) {
  return { file, ok: true, policies, groups, hosts };
}

function textOf({ look }: Context, file: string, { policies, hosts }: Config): string {
  const rows = Object.entries(policies).map(([name, policy]) => [
    name,
    policy.scope,
    policy.approval.required ? `yes, within ${policy.approval.expires}` : 'no',
    policy.window
      ? `${policy.window.rrule} ${policy.window.start} for ${policy.window.duration}, ${policy.window.timeZone}`
      : 'any time',
    String(Object.values(hosts).filter((host) => host.policy === name).length),
  ]);
  return [
    `${look.paint('green', look.symbols.done)} ${file} is in order: ${rows.length === 1 ? '1 policy' : `${rows.length} policies`}, ${count(Object.keys(hosts).length, 'host')}`,
    '',
    table(['POLICY', 'SCOPE', 'APPROVAL', 'WINDOW', 'HOSTS'], rows, look),
  ].join('\n');
}
