import type { Command } from 'commander';
import { EXIT } from '../../exit-codes.ts';
import type { Answer, Context, Kit } from '../../kit.ts';
import { schedulesText } from '../../render/schedules.ts';

export function listCommand(kit: Kit): Command {
  return kit
    .connected('list', 'list the schedules with their next start and what they started last')
    .addHelpText(
      'after',
      `
Examples:
  patchcycle schedule list
  patchcycle schedule list --json | jq '.schedules[] | select(.paused) | .name'`,
    )
    .action(kit.action(list));
}

async function list(context: Context): Promise<Answer> {
  const client = await context.connect();
  const schedules = await client.listSchedules();
  const text = schedulesText(schedules, context.look);
  return { exitCode: EXIT.good, document: { schedules }, text };
}
