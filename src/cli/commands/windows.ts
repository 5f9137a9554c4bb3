import type { Command } from 'commander';
import { openingsOf } from '../../client/index.ts';
import { HostName, ShortName } from '../../domain/names.ts';
import { isTimeZone } from '../../planning/time-zone.ts';
import { EXIT } from '../exit-codes.ts';
import { hostPolicy, type InventoryOptions } from '../inventory.ts';
import type { Io } from '../io.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { windowsText } from '../render/windows.ts';

/** Some openings fill a screen and show what comes. */
const OPENINGS_SHOWN = 10;

export function windowsCommand(kit: Kit): Command {
  return kit
    .command(
      'windows',
      "show when a host's maintenance window opens next, and what keeps it closed",
    )
    .argument('<host>', 'the host, as its agent is named', parser(HostName))
    .option('--policy <name>', "take this policy instead of the host's own", parser(ShortName))
    .option('--inventory <file>', 'the file of policies and hosts; default ./patchcycle.yaml')
    .addHelpText(
      'after',
      `
Times are shown in the time zone of the window and in your own (TZ).

Examples:
  patchcycle windows db-1
  patchcycle windows db-1 --json | jq -r '.openings[0].opensAt'`,
    )
    .action(kit.action(windows));
}

async function windows(
  { io, look }: Context,
  host: string,
  options: InventoryOptions,
): Promise<Answer> {
  const { policy } = await hostPolicy(io, host, options);
  const times = openingsOf(policy, OPENINGS_SHOWN);
  const shown = { host, policy: policy.name, yourTimeZone: ownTimeZone(io), ...times };
  return { exitCode: EXIT.good, document: shown, text: windowsText(shown, look) };
}

function ownTimeZone({ env }: Io): string {
  const named = env['TZ'];
  if (named !== undefined && isTimeZone(named)) return named;
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
