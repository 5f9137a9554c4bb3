import type { Command } from 'commander';
import { HostName, PersonName, ShortName } from '../../domain/names.ts';
import { EXIT } from '../exit-codes.ts';
import { Interrupted } from '../failure.ts';
import { hostPolicy, type InventoryOptions } from '../inventory.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';
import { planText } from '../render/plan.ts';
import { warnIfNobodyWorks } from '../warn-idle.ts';

export function planCommand(kit: Kit): Command {
  return kit
    .connected('plan', 'show what a cycle would do on a host now; changes nothing there')
    .argument('<host>', 'the host, as its agent is named', parser(HostName))
    .option('--policy <name>', "take this policy instead of the host's own", parser(ShortName))
    .option('--inventory <file>', 'the file of policies and hosts; default ./patchcycle.yaml')
    .option('--by <name>', 'who asks; default your login', parser(PersonName))
    .addHelpText(
      'after',
      `
Examples:
  patchcycle plan web-1
  patchcycle plan web-1 --json | jq '.rows[] | select(.security) | .name'`,
    )
    .action(kit.action(plan));
}

async function plan(
  context: Context,
  host: string,
  options: InventoryOptions & { by?: string },
): Promise<Answer> {
  const { io, look, say } = context;
  const { policy, groups } = await hostPolicy(io, host, options);
  const requestedBy = personName(io, options.by);
  const client = await context.connect();
  await warnIfNobodyWorks(context, client, host);
  say(`Planning ${host}, policy ${policy.name} (scope ${policy.scope}); nothing is changed.`);
  try {
    const request = { host, policy, groups, requestedBy };
    const made = await client.planOnly(request, { signal: io.stop });
    return { exitCode: EXIT.good, document: made, text: planText(made, look, made.rows.length) };
  } catch (error) {
    if (!io.stop.aborted) throw error;
    throw new Interrupted(
      `The planning of ${host} was stopped; nothing was changed.`,
      'Ask again.',
    );
  }
}
