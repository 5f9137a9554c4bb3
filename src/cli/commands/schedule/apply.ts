import type { Command } from 'commander';
import {
  BadRequest,
  readInventory,
  type Inventory,
  type ScheduleChange,
} from '../../../client/index.ts';
import { PersonName } from '../../../domain/names.ts';
import { askYes } from '../../ask-yes.ts';
import { EXIT } from '../../exit-codes.ts';
import { inventoryFile } from '../../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';
import { changesText, doneText } from '../../render/schedules.ts';

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
fleet, where the file says when (review: { schedule: ... }); its name is policy-review. What is paused
stays paused.
Where several files are applied to one namespace, each needs --keep-others and names of its own for its
policies; what none of them asks for any more: patchcycle schedule remove NAME.
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
  const changes = (await client.planSchedules(inventory)).filter(
    ({ kind }) => !options.keepOthers || kind !== 'remove',
  );
  const wanted = changes.some(({ kind }) => kind !== 'keep');
  if (wanted && Object.keys(inventory.policies).length === 0) {
    throw new BadRequest(
      `${file} has no policy, so applying it would remove every schedule.`,
      'Name the file that you mean, or remove them by name: patchcycle schedule remove NAME',
    );
  }
  if (options.dryRun || !wanted) {
    return answer(changes, false, wanted ? changesText(changes, look) : doneText(changes, look));
  }
  say(changesText(changes, errLook));
  if (!options.yes && !(await askYes(context, 'Do this?'))) {
    return answer(changes, false, 'Nothing was done.');
  }
  await client.applySchedules(changes, by);
  return answer(changes, true, doneText(changes, look));
}

function withoutHosts({ policies, hosts }: Inventory): string[] {
  const inUse = new Set(Object.values(hosts).map(({ policy }) => policy));
  return Object.keys(policies).filter(
    (name) => policies[name]?.schedule !== undefined && !inUse.has(name),
  );
}

function answer(changes: ScheduleChange[], applied: boolean, text: string): Answer {
  const document = {
    applied,
    changes: changes.map(({ name, kind, details }) => ({ name, kind, details })),
  };
  return { exitCode: EXIT.good, document, text };
}
