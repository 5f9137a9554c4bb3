import { InvalidArgumentError, type Command } from 'commander';
import {
  BadRequest,
  planRollout,
  readInventory,
  type Inventory,
  type PatchcycleClient,
} from '../../../client/index.ts';
import { HostName, PersonName, Reason, ShortName } from '../../../domain/names.ts';
import { RolloutName, type RolloutInput, type RolloutView } from '../../../domain/rollout.ts';
import { selectHosts } from '../../../planning/select-hosts.ts';
import { cameThrough } from '../../../planning/rollout-summary.ts';
import { EXIT } from '../../exit-codes.ts';
import { Interrupted } from '../../failure.ts';
import { pause } from '../../follow.ts';
import { inventoryFile } from '../../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';
import { plannedText, rolloutText } from '../../render/rollout.ts';

type Options = {
  name?: string;
  host?: string[];
  group?: string[];
  policy?: string[];
  label?: [string, string][];
  rules?: string;
  reason?: string;
  by?: string;
  dryRun?: boolean;
  wait?: boolean;
};

export function startCommand(kit: Kit): Command {
  return kit
    .connected('start', 'start a rollout over the hosts of the file, or over some of them')
    .argument('[file]', 'the file of policies and hosts; default ./patchcycle.yaml')
    .option(
      '--name <name>',
      'what to call it; default the selection and the day',
      parser(RolloutName),
    )
    .option('--host <host>', 'this host; may be repeated', collected(parser(HostName)))
    .option(
      '--group <group>',
      'the hosts of this group; may be repeated',
      collected(parser(ShortName)),
    )
    .option(
      '--policy <policy>',
      'the hosts with this policy; may be repeated',
      collected(parser(ShortName)),
    )
    .option(
      '--label <name=value>',
      'the hosts with this label; may be repeated',
      collected(labelOf),
    )
    .option(
      '--rules <policy>',
      'whose waves count, where the hosts have several policies',
      parser(ShortName),
    )
    .option('--reason <text>', 'why, for the reports', parser(Reason))
    .option('--by <name>', 'who asks; default your login', parser(PersonName))
    .option('--dry-run', 'show the waves and start nothing')
    .option('--wait', 'follow it to its end')
    .addHelpText(
      'after',
      `
Hosts are those that fit every kind of option that is given. Waves, soak, halt threshold and order are
those of their policy.

Examples:
  patchcycle rollout start --group web --dry-run
  patchcycle rollout start fleet.yaml --label env=prod --name november
  patchcycle rollout start --policy ordinary --reason "CVE-2026-0001" --wait`,
    )
    .action(kit.action(start));
}

async function start(
  context: Context,
  file: string | undefined,
  options: Options,
): Promise<Answer> {
  const { io, look } = context;
  const inventory = await readInventory(inventoryFile(io, file));
  const input = planned(context, inventory, options);
  const name = options.name ?? defaultName(options, new Date());
  if (options.dryRun) {
    return {
      exitCode: EXIT.good,
      document: { name, ...input },
      text: plannedText(name, input, look),
    };
  }
  const client = await context.connect();
  const started = await client.startRollout(name, input);
  const hosts = input.waves.flat().length;
  context.say(`Started the rollout ${name}: ${hosts} hosts in ${input.waves.length} waves.`);
  if (started.link !== null) context.say(started.link);
  if (options.wait) return follow(context, client, name);
  const text = `Follow it: patchcycle rollout status ${name} --watch`;
  return { exitCode: EXIT.good, document: { name, ...started }, text };
}

function planned({ io }: Context, inventory: Inventory, options: Options): RolloutInput {
  const { host, group, policy, label, rules, reason } = options;
  for (const name of host ?? []) {
    if (Object.hasOwn(inventory.hosts, name)) continue;
    throw new BadRequest(`${name} is not in the file.`, 'Add it under "hosts:", or leave it out.');
  }
  const hosts = selectHosts(inventory, {
    ...(host === undefined ? {} : { hosts: host }),
    ...(group === undefined ? {} : { groups: group }),
    ...(policy === undefined ? {} : { policies: policy }),
    ...(label === undefined ? {} : { labels: Object.fromEntries(label) }),
  });
  return planRollout(inventory, {
    hosts,
    requestedBy: personName(io, options.by),
    ...(rules === undefined ? {} : { rulesOf: rules }),
    ...(reason === undefined ? {} : { reason }),
  });
}

/** `web-20261128`, or `fleet-20261128` for all hosts. */
function defaultName({ host, group, policy, label }: Options, today: Date): string {
  const [first = 'fleet'] = [group?.[0], policy?.[0], label?.[0]?.[1], host?.[0]].filter(Boolean);
  return `${first.slice(0, 50)}-${today.toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** Hosts take minutes; a look every other second is enough. */
const LOOK_EVERY_MS = 2_000;

async function follow(context: Context, client: PatchcycleClient, name: string): Promise<Answer> {
  const { io, look, say } = context;
  let told = '';
  for (;;) {
    const { rollout, note, link } = await client.rolloutStatus(name);
    if (rollout !== null && rollout.state.name === 'ended') {
      const exitCode = isAllGood(rollout) ? EXIT.good : EXIT.notSucceeded;
      return { exitCode, document: rollout, text: rolloutText(rollout, link, look) };
    }
    const line = note ?? (rollout === null ? '' : rolloutText(rollout, null, context.errLook));
    if (line !== told) say(line);
    told = line;
    await pause(LOOK_EVERY_MS, io.stop);
    if (!io.stop.aborted) continue;
    throw new Interrupted(
      `Detached: the rollout ${name} goes on.`,
      `Follow it: patchcycle rollout status ${name} --watch; or end it: patchcycle rollout abort ${name}`,
    );
  }
}

function isAllGood({ state, members }: RolloutView): boolean {
  const finished = state.name === 'ended' && state.outcome === 'finished';
  return (
    finished && members.every((member) => cameThrough(member) || member.standing.is === 'skipped')
  );
}

function collected<T>(parse: (value: string) => T): (value: string, before?: T[]) => T[] {
  return (value, before = []) => [...before, parse(value)];
}

function labelOf(value: string): [string, string] {
  const [name = '', wanted = '', ...rest] = value.split('=');
  const fits =
    rest.length === 0 && [name, wanted].every((part) => ShortName.safeParse(part).success);
  if (fits) return [name, wanted];
  throw new InvalidArgumentError('a label reads name=value, for example env=prod');
}
