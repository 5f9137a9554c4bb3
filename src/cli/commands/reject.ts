import type { Command } from 'commander';
import { HostName, PersonName, Reason } from '../../domain/names.ts';
import { decided } from '../decided.ts';
import { meantDigest, planInQuestion, TypedDigest } from '../digest.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';

type Options = { digest?: string; by?: string; why?: string };

export function rejectCommand(kit: Kit): Command {
  return kit
    .connected('reject', 'reject the plan that a host waits with; nothing is changed there')
    .argument('<host>', 'the host', parser(HostName))
    .option(
      '--digest <digits>',
      "the plan's digest, its first 12 digits or more; default the one in question",
      parser(TypedDigest),
    )
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .addHelpText(
      'after',
      `
Example:
  patchcycle reject db-1 --why "not before the quarter ends"`,
    )
    .action(kit.action(reject));
}

async function reject(context: Context, host: string, options: Options): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  // Unlike an approval, a rejection changes nothing, so it may mean whatever plan is asked about.
  const digest =
    options.digest === undefined
      ? planInQuestion(await client.status(host))
      : await meantDigest(options.digest, () => client.status(host));
  const words = { by, digest, ...(options.why === undefined ? {} : { why: options.why }) };
  return decided(context, 'reject', host, by, await client.reject(host, words));
}
