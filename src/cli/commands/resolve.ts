import { Option, type Command } from 'commander';
import { Resolution } from '../../domain/decision.ts';
import { HostName, PersonName, Reason } from '../../domain/names.ts';
import { decided } from '../decided.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';

export function resolveCommand(kit: Kit): Command {
  return kit
    .connected('resolve', 'say how a cycle that needs attention goes on')
    .argument('<host>', 'the host', parser(HostName))
    .addOption(
      new Option('--how <way>', 'what is to be done; has to be said')
        .choices(Resolution.options)
        .makeOptionMandatory(),
    )
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .addHelpText(
      'after',
      `
Ways:
  retry    try the step that failed again
  restore  put the host back from its backup, and prove it
  accept   leave the host as it is; the outcome is accepted-as-is

Example:
  patchcycle resolve db-1 --how restore --why "the database does not start"`,
    )
    .action(kit.action(resolve));
}

async function resolve(
  context: Context,
  host: string,
  options: { how: Resolution; by?: string; why?: string },
): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  const words = {
    by,
    how: options.how,
    ...(options.why === undefined ? {} : { why: options.why }),
  };
  return decided(context, 'resolve', host, by, await client.resolve(host, words));
}
