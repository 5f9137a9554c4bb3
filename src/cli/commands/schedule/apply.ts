import type { Command } from 'commander';
import { BadRequest, readInventory, type Inventory } from '../../../client/index.ts';
import { PersonName } from '../../../domain/names.ts';
import { askYes } from '../../ask-yes.ts';
import { EXIT } from '../../exit-codes.ts';
import { inventoryFile } from '../../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';
import { changesText, doneText, withReview, type ShownChange } from '../../render/schedules.ts';

type Options = {
  inventory?: string;
  by?: string;
  dryRun?: boolean;
  yes?: boolean;
  keepOthers?: boolean;
};

export function applyCommand(kit: Kit): Command {
  return kit
    .connected('apply', "make Temporal's Schedules those of the file, after showing what changes")
    .option('--inventory <file>', 'the file of policies and hosts; default ./patchcycle.yaml')
    .option('--by <name>', 'who does it; default your login', parser(PersonName))
    .option('--dry-run', 'show it and do nothing')
    .option('--yes', 'do it without asking')
    .option('--keep-others', 'remove nothing: another file of this namespace may ask for it')
    .addHelpText(
      'after',
      `
Each policy with a "schedule" and hosts has one Schedule, which starts a rollout over those hosts.
Schedules of policies that are not in the file (any more) are removed. One more Schedule reviews the
fleet, where the file says when (review: { schedule: ... }). What is paused stays paused.
Where several files are applied to one namespace, each needs --keep-others and names of its own for its
policies; what none of them asks for any more: patchcycle schedule remove POLICY.
Apply again whenever the file or one of its calendars has changed: a Schedule carries its hosts and
their policies as they were when it was applied.

Examples:
  patchcycle schedule apply --dry-run
  patchcycle schedule apply --inventory fleet.yaml --yes`,
    )
    .action(kit.action(apply));
}

async function apply(context: Context, options: Options): Promise<Answer> {
  const { io, look, errLook, say } = context;
  const file = inventoryFile(io, options.inventory);
  const inventory = await readInventory(file);
  const by = personName(io, options.by);
  for (const policy of withoutHosts(inventory)) {
    say(`The policy ${policy} has a schedule and no host, so it starts nothing.`);
  }
  const client = await context.connect();
  const isMeant = ({ kind }: { kind: string }) => !options.keepOthers || kind !== 'remove';
  const ofPolicies = (await client.planSchedules(inventory)).filter(isMeant);
  const found = await client.planReviewSchedule(inventory);
  const review = found !== null && isMeant(found) ? found : null;
  const changes = withReview(ofPolicies, review);
  const wanted = changes.some(({ kind }) => kind !== 'keep');
  if (wanted && Object.keys(inventory.policies).length === 0) {
    throw new BadRequest(
      `${file} has no policy, so applying it would remove every schedule.`,
      'Name the file that you mean, or remove them by name: patchcycle schedule remove POLICY',
    );
  }
  if (options.dryRun || !wanted) {
    return answer(changes, false, wanted ? changesText(changes, look) : doneText(changes, look));
  }
  say(changesText(changes, errLook));
  if (!options.yes && !(await askYes(context, 'Do this?'))) {
    return answer(changes, false, 'Nothing was done.');
  }
  await client.applySchedules(ofPolicies, by);
  if (review !== null) await client.applyReviewSchedule(review, by);
  return answer(changes, true, doneText(changes, look));
}

function withoutHosts({ policies, hosts }: Inventory): string[] {
  const inUse = new Set(Object.values(hosts).map(({ policy }) => policy));
  return Object.keys(policies).filter(
    (name) => policies[name]?.schedule !== undefined && !inUse.has(name),
  );
}

function answer(changes: ShownChange[], applied: boolean, text: string): Answer {
  const document = {
    applied,
    changes: changes.map(({ policy, kind, details }) => ({ policy, kind, details })),
  };
  return { exitCode: EXIT.good, document, text };
}
