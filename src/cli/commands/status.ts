import type { Command } from 'commander';
import type { PatchcycleClient } from '../../client/index.ts';
import { HostName } from '../../domain/names.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import type { Look } from '../paint.ts';
import { hostsText } from '../render/hosts.ts';
import { statusText } from '../render/status.ts';
import { lookOrWatch, type Seen } from '../watch.ts';

export function statusCommand(kit: Kit): Command {
  return kit
    .connected('status', 'show where the hosts stand, or one host in full')
    .argument('[host]', 'one host; all of them when left out', parser(HostName))
    .option('--watch', 'look again and again, until Ctrl-C or the end of the cycle')
    .addHelpText(
      'after',
      `
Examples:
  patchcycle status
  patchcycle status db-1 --watch
  patchcycle status --json | jq '.hosts[] | select(.state == "needs-attention") | .host'

The exit code is 0 whatever the cycle's outcome is; patchcycle patch judges it.`,
    )
    .action(kit.action(status));
}

function status(
  context: Context,
  host: string | undefined,
  options: { watch?: boolean },
): Promise<Answer> {
  return lookOrWatch(context, options, (client) => lookAt(client, host, context.look));
}

async function lookAt(
  client: PatchcycleClient,
  host: string | undefined,
  look: Look,
): Promise<Seen> {
  if (host === undefined) {
    const hosts = await client.list();
    // A fleet is watched until Ctrl-C: its next cycle may start at any moment.
    return { document: { hosts }, text: hostsText(hosts, look, Date.now()), over: false };
  }
  const found = await client.status(host);
  return { document: found, text: statusText(found, look, Date.now()), over: !found.running };
}
