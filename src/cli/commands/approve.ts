import type { Command } from 'commander';
import { HostName, PersonName, Reason } from '../../domain/names.ts';
import { askApproval } from '../ask-approval.ts';
import { decided } from '../decided.ts';
import { meantDigest } from '../digest.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';

type Options = { digest?: string; by?: string; why?: string };

export function approveCommand(kit: Kit): Command {
  return kit
    .connected('approve', 'approve the plan that a host waits with')
    .argument('<host>', 'the host', parser(HostName))
    .option('--digest <digits>', "the plan's digest, its first 12 digits or more")
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .addHelpText(
      'after',
      `
Without --digest the plan is shown and asked about, on a terminal only. What is approved is exactly
the plan of that digest; if anything differs when it is to be installed, the cycle asks again.

Examples:
  patchcycle approve db-1
  patchcycle approve db-1 --digest 4f0c8d11a2b3 --by "Ada Lovelace" --why "tested on staging"`,
    )
    .action(kit.action(approve));
}

async function approve(context: Context, host: string, options: Options): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  const words = { by, ...(options.why === undefined ? {} : { why: options.why }) };
  if (options.digest !== undefined) {
    const digest = await meantDigest(options.digest, () => client.status(host));
    return decided(context, 'approve', host, by, await client.approve(host, { ...words, digest }));
  }
  const { verdict, digest } = await askApproval(context, await client.status(host));
  if (verdict === 'later') {
    const document = { host, decision: null, by, accepted: false };
    return { exitCode: EXIT.good, document, text: `Nothing was decided; ${host} goes on waiting.` };
  }
  const state = await client[verdict](host, { ...words, digest });
  return decided(context, verdict, host, by, state);
}
