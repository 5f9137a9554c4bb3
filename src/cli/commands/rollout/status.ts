import type { Command } from 'commander';
import type { PatchcycleClient } from '../../../client/index.ts';
import { RolloutName } from '../../../domain/rollout.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import type { Look } from '../../paint.ts';
import { rolloutsText, statusText } from '../../render/rollout.ts';
import { lookOrWatch, type Seen } from '../../watch.ts';

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

function status(
  context: Context,
  name: string | undefined,
  options: { watch?: boolean },
): Promise<Answer> {
  return lookOrWatch(context, options, (client) => lookAt(client, name, context.look));
}

async function lookAt(
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
