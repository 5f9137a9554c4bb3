import type { Command } from 'commander';
import { BadRequest, type PatchcycleClient } from '../../client/index.ts';
import { HostName } from '../../domain/names.ts';
import { EXIT } from '../exit-codes.ts';
import { pause } from '../follow.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { Live } from '../live.ts';
import type { Look } from '../paint.ts';
import { hostsText } from '../render/hosts.ts';
import { statusText } from '../render/status.ts';

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

type Seen = { document: unknown; text: string; over: boolean };

async function status(
  context: Context,
  host: string | undefined,
  { watch }: { watch?: boolean },
): Promise<Answer> {
  const { json, look } = context;
  if (watch && json) {
    throw new BadRequest(
      '--watch shows a view that changes, and --json is one document.',
      'Leave out one of the two.',
    );
  }
  const client = await context.connect();
  const seen = watch
    ? await watchUntilOver(context, client, host)
    : await lookOnce(client, host, look);
  return { exitCode: EXIT.good, document: seen.document, text: seen.text };
}

async function lookOnce(
  client: PatchcycleClient,
  host: string | undefined,
  look: Look,
): Promise<Seen> {
  if (host === undefined) {
    const hosts = await client.list();
    const over = hosts.every(({ running }) => !running);
    return { document: { hosts }, text: hostsText(hosts, look, Date.now()), over };
  }
  const found = await client.status(host);
  return { document: found, text: statusText(found, look, Date.now()), over: !found.running };
}

/** Two looks a second feel live; more would only load the server. */
const LOOK_EVERY_MS = 500;
/** Where each look is appended instead of redrawn, every change is enough. */
const APPEND_EVERY_MS = 5_000;

async function watchUntilOver(
  { io, look }: Context,
  client: PatchcycleClient,
  host: string | undefined,
): Promise<Seen> {
  const live = io.stdout.isTTY ? new Live(io.stdout) : null;
  let shown = '';
  try {
    for (;;) {
      const seen = await lookOnce(client, host, look);
      // A fleet is watched until Ctrl-C: its next cycle may start at any moment.
      const end = io.stop.aborted || (seen.over && host !== undefined);
      if (end) return seen;
      if (live) live.show(seen.text.split('\n'));
      else if (seen.text !== shown) io.stdout.write(`${seen.text}\n\n`);
      shown = seen.text;
      await pause(live ? LOOK_EVERY_MS : APPEND_EVERY_MS, io.stop);
    }
  } finally {
    live?.clear();
  }
}
