import type { Command } from 'commander';
import { HostName, PersonName, Reason } from '../../domain/names.ts';
import { decided } from '../decided.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';

export function abortCommand(kit: Kit): Command {
  return kit
    .connected('abort', 'end a cycle before it changes anything')
    .argument('<host>', 'the host', parser(HostName))
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .addHelpText(
      'after',
      `
Once the host is being changed this is refused: the cycle then finishes or restores, by itself or as
somebody says with patchcycle resolve.

Example:
  patchcycle abort web-1 --why "wrong host"`,
    )
    .action(kit.action(abort));
}

async function abort(
  context: Context,
  host: string,
  options: { by?: string; why?: string },
): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  const words = { by, ...(options.why === undefined ? {} : { why: options.why }) };
  return decided(context, 'abort', host, by, await client.abort(host, words));
}
