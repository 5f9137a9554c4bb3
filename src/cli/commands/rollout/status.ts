import type { Command } from 'commander';
import { BadRequest, type PatchcycleClient } from '../../../client/index.ts';
import { RolloutName } from '../../../domain/rollout.ts';
import { EXIT } from '../../exit-codes.ts';
import { pause } from '../../follow.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { Live } from '../../live.ts';
import type { Look } from '../../paint.ts';
import { rolloutsText, statusText } from '../../render/rollout.ts';

export function statusCommand(kit: Kit): Command {
  return kit
    .connected('status', 'show where the rollouts stand, or one in full')
    .argument('[name]', 'one rollout; all of them when left out', parser(RolloutName))
    .option('--watch', 'look again and again, until Ctrl-C or the end of the rollout')
    .addHelpText(
      'after',
      `
Examples:
  patchcycle rollout status
  patchcycle rollout status november --watch
  patchcycle rollout status november --json | jq '.rollout.members[] | select(.bad) | .host'`,
    )
    .action(kit.action(status));
}

type Seen = { document: unknown; text: string; over: boolean };

async function status(
  context: Context,
  name: string | undefined,
  { watch }: { watch?: boolean },
): Promise<Answer> {
  if (watch && context.json) {
    throw new BadRequest(
      '--watch shows a view that changes, and --json is one document.',
      'Leave out one of the two.',
    );
  }
  const client = await context.connect();
  const seen = watch
    ? await watchUntilOver(context, client, name)
    : await lookOnce(client, name, context.look);
  return { exitCode: EXIT.good, document: seen.document, text: seen.text };
}

async function lookOnce(
  client: PatchcycleClient,
  name: string | undefined,
  look: Look,
): Promise<Seen> {
  if (name === undefined) {
    const rollouts = await client.listRollouts();
    return { document: { rollouts }, text: rolloutsText(rollouts, look, Date.now()), over: false };
  }
  const found = await client.rolloutStatus(name);
  return { document: found, text: statusText(found, look), over: !found.running };
}

const LOOK_EVERY_MS = 1_000;
/** Where each look is appended instead of redrawn, every change is enough. */
const APPEND_EVERY_MS = 5_000;

async function watchUntilOver(
  { io, look }: Context,
  client: PatchcycleClient,
  name: string | undefined,
): Promise<Seen> {
  const live = io.stdout.isTTY ? new Live(io.stdout) : null;
  let shown = '';
  try {
    for (;;) {
      const seen = await lookOnce(client, name, look);
      if (io.stop.aborted || seen.over) return seen;
      if (live) live.show(seen.text.split('\n'));
      else if (seen.text !== shown) io.stdout.write(`${seen.text}\n\n`);
      shown = seen.text;
      await pause(live ? LOOK_EVERY_MS : APPEND_EVERY_MS, io.stop);
    }
  } finally {
    live?.clear();
  }
}
