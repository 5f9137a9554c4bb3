import { Option, type Command } from 'commander';
import type { PatchcycleClient, StartedCycle } from '../../client/index.ts';
import { CycleId, HostName, PersonName, Reason, ShortName } from '../../domain/names.ts';
import { isGood } from '../../domain/outcome.ts';
import { EXIT } from '../exit-codes.ts';
import { Interrupted } from '../failure.ts';
import { followCycle } from '../follow.ts';
import { hostPolicy, type InventoryOptions } from '../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';
import { endingText } from '../render/ending.ts';
import { showProgress } from '../show-progress.ts';
import { warnIfNobodyWorks } from '../warn-idle.ts';

type Options = InventoryOptions & {
  reason?: string;
  by?: string;
  detach?: boolean;
  takeOver?: string;
};

export function patchCommand(kit: Kit): Command {
  return kit
    .connected('patch', 'patch one host: plan, approval, window, change, proof or restore')
    .argument('<host>', 'the host, as its agent is named', parser(HostName))
    .option('--policy <name>', "take this policy instead of the host's own", parser(ShortName))
    .option('--inventory <file>', 'the file of policies and hosts; default ./patchcycle.yaml')
    .option('--reason <text>', 'why, for the report', parser(Reason))
    .option('--by <name>', 'who asks; default your login', parser(PersonName))
    .option('--wait', 'follow it to its end (default)')
    .addOption(new Option('--detach', 'start it and return at once').conflicts('wait'))
    .option(
      '--take-over <cycle>',
      'the cycle that left a lock on the host and is known to be dead',
      parser(CycleId),
    )
    .addHelpText(
      'after',
      `
Examples:
  patchcycle patch web-1
  patchcycle patch db-1 --reason "CVE-2026-0001" --detach
  patchcycle patch new-1 --policy critical --inventory fleet.yaml --json > report.json`,
    )
    .action(kit.action(patch));
}

async function patch(context: Context, host: string, options: Options): Promise<Answer> {
  const { io, say } = context;
  const { policy, groups, budgets } = await hostPolicy(io, host, options);
  const requestedBy = personName(io, options.by);
  const client = await context.connect();
  const started = await client.startPatch({
    host,
    policy,
    groups,
    budgets,
    requestedBy,
    ...(options.reason === undefined ? {} : { reason: options.reason }),
    ...(options.takeOver === undefined ? {} : { takeOver: options.takeOver }),
  });
  say(`Started the patch cycle of ${host}, policy ${policy.name} (scope ${policy.scope}).`);
  if (started.link !== null) say(started.link);
  await warnIfNobodyWorks(context, client, host);
  if (options.detach) {
    const text = `Follow it: patchcycle status ${host} --watch`;
    return { exitCode: EXIT.good, document: started, text };
  }
  return follow(context, client, started);
}

async function follow(
  context: Context,
  client: PatchcycleClient,
  started: StartedCycle,
): Promise<Answer> {
  const { io, look } = context;
  const { host, link } = started;
  const progress = showProgress(context);
  try {
    const report = await followCycle(client, started, (status) => progress.look(status), io.stop);
    progress.finish(report);
    const exitCode = isGood(report.outcome) ? EXIT.good : EXIT.notSucceeded;
    return { exitCode, document: report, text: endingText(report, link, look) };
  } catch (error) {
    if (!io.stop.aborted) throw error;
    throw new Interrupted(
      `Detached: the patch cycle of ${host} goes on.`,
      `Follow it: patchcycle status ${host} --watch; or end it before it changes anything: patchcycle abort ${host}`,
    );
  } finally {
    progress.end();
  }
}
