import type { Command } from 'commander';
import { planReview, readInventory } from '../../../client/index.ts';
import { PersonName } from '../../../domain/names.ts';
import { REVIEWED_HOSTS_MAX } from '../../../domain/review.ts';
import { EXIT } from '../../exit-codes.ts';
import { Interrupted } from '../../failure.ts';
import { inventoryFile } from '../../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';
import { reviewText } from '../../render/review.ts';

type Options = { inventory?: string; by?: string };

export function reviewCommand(kit: Kit): Command {
  return kit
    .connected('review', 'look at the whole fleet and say what a person has to look at')
    .option('--inventory <file>', 'the file of policies and hosts; default ./patchcycle.yaml')
    .option('--by <name>', 'who asks; default your login', parser(PersonName))
    .addHelpText(
      'after',
      `
Security updates and reboots that have been pending for too long, hosts that were not patched lately
or are not heard of, critical hosts that nobody is asked about, holds and ignored log lines that nobody
answers for, exceptions past their day, approvers who may not approve, backups, policies that nobody
has looked at. What is too long each policy says under "review:". A central worker makes it, stores
reports that only Temporal had, and keeps the review beside the reports as JSON, Markdown and HTML.

Examples:
  patchcycle policy review
  patchcycle policy review --json | jq '.counts'`,
    )
    .action(kit.action(review));
}

async function review(context: Context, options: Options): Promise<Answer> {
  const { io, look, say } = context;
  const inventory = await readInventory(inventoryFile(io, options.inventory));
  const left = Object.keys(inventory.hosts).length - REVIEWED_HOSTS_MAX;
  if (left > 0) say(`The last ${left} hosts of the file are not reviewed: split the file.`);
  const client = await context.connect();
  const started = await client.startReview(planReview(inventory, personName(io, options.by)));
  if (started.link !== null) say(started.link);
  try {
    const made = await client.waitForReview(started, { signal: io.stop });
    return { exitCode: EXIT.good, document: made, text: reviewText(made, look) };
  } catch (error) {
    if (!io.stop.aborted) throw error;
    throw new Interrupted(
      'Detached: the review of the fleet goes on, and is kept beside the reports.',
      'Wait for it again: patchcycle policy review',
    );
  }
}
