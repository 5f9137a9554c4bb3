import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { Answer, Context, Kit } from '../kit.ts';
import { gatheringText, triedText } from '../render/notifications.ts';

export function notificationsCommand(kit: Kit): Command {
  const status = kit
    .connected('status', 'what waits to be told, and what channels did not take')
    .action(kit.action(showStatus));
  const trial = kit
    .command('test', 'send every channel one message, from this machine')
    .requiredOption('--config <file>', 'the file of the central workers')
    .addHelpText(
      'after',
      `
Example:
  patchcycle notifications test --config /etc/patchcycle/central.yaml`,
    )
    .action(kit.action(sendTrial));
  return kit
    .group('notifications', 'how people are told that they are waited for')
    .addCommand(status, { isDefault: true })
    .addCommand(trial);
}

async function showStatus(context: Context): Promise<Answer> {
  const client = await context.connect();
  const gathering = await client.notifications();
  return {
    exitCode: EXIT.good,
    document: gathering,
    text: gatheringText(gathering, context.look),
  };
}

async function sendTrial(context: Context, { config }: { config: string }): Promise<Answer> {
  const { tryChannels } = await import('../../worker/try-channels.ts');
  const channels = await tryChannels(config);
  const failed = channels.some(({ problem }) => problem !== null);
  return {
    exitCode: failed ? EXIT.wrongUse : EXIT.good,
    document: { channels },
    text: triedText(channels, context.look),
  };
}
