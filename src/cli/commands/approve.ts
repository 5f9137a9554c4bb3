import type { Command } from 'commander';
import { HostName, PersonName, Reason } from '../../domain/names.ts';
import { askApproval } from '../ask-approval.ts';
import { decided } from '../decided.ts';
import { meantDigest, planInQuestion, TypedDigest } from '../digest.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';
import { requireKey, signApproval } from '../sign-approval.ts';

type Options = { digest?: string; by?: string; why?: string; key?: string };

export function approveCommand(kit: Kit): Command {
  return kit
    .connected('approve', 'approve the plan that a host waits with')
    .argument('<host>', 'the host', parser(HostName))
    .option(
      '--digest <digits>',
      "the plan's digest, its first 12 digits or more",
      parser(TypedDigest),
    )
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .option('--key <file>', 'your SSH key, for hosts that take only signed approvals')
    .addHelpText(
      'after',
      `
Without --digest the plan is shown and asked about, on a terminal only. What is approved is exactly
the plan of that digest; if anything differs when it is to be installed, the cycle asks again.
With --key it is signed by ssh-keygen, which asks for the passphrase, or uses your ssh-agent when
the file is a public key. Your name (--by) has to be the one that the host's allowed signers have.

Examples:
  patchcycle approve db-1
  patchcycle approve db-1 --digest 4f0c8d11a2b3 --by "Ada Lovelace" --why "tested on staging"
  patchcycle approve db-1 --digest 4f0c8d11a2b3 --key ~/.ssh/id_ed25519`,
    )
    .action(kit.action(approve));
}

async function approve(context: Context, host: string, options: Options): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  const status = await client.status(host);
  const words = { by, ...(options.why === undefined ? {} : { why: options.why }) };
  if (options.digest !== undefined) {
    const digest = await meantDigest(options.digest, () => Promise.resolve(status));
    return send(digest);
  }
  if (status.cycle !== null) requireKey(status, options.key, planInQuestion(status));
  const { verdict, digest } = await askApproval(context, status);
  if (verdict === 'approve') return send(digest);
  if (verdict === 'later') {
    const document = { host, decision: null, by, accepted: false };
    return { exitCode: EXIT.good, document, text: `Nothing was decided; ${host} goes on waiting.` };
  }
  const state = await client.reject(host, { ...words, digest });
  return decided(context, verdict, host, by, state);

  async function send(digest: string): Promise<Answer> {
    requireKey(status, options.key, digest);
    const signed =
      options.key === undefined
        ? null
        : await signApproval(context, status, options.key, { by, digest });
    const state = await client.approve(host, { ...words, digest, ...signed });
    return decided(context, 'approve', host, by, state);
  }
}
