import type { Command } from 'commander';
import { DecisionRefused, type PatchcycleClient } from '../../../client/index.ts';
import { HostName, PersonName, Reason, Sha256 } from '../../../domain/names.ts';
import { RolloutName } from '../../../domain/rollout.ts';
import type { RolloutDecision } from '../../../domain/rollout-decision.ts';
import { questionsOf } from '../../../planning/rollout-summary.ts';
import { TypedDigest } from '../../digest.ts';
import { EXIT } from '../../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';

type Options = { by?: string; why?: string };

export function pauseCommand(kit: Kit): Command {
  return ofRollout(kit, 'pause', 'start no further host; cycles that run go on');
}

export function resumeCommand(kit: Kit): Command {
  return ofRollout(kit, 'resume', 'go on after a pause or a halt');
}

export function abortCommand(kit: Kit): Command {
  return ofRollout(kit, 'abort', 'end a rollout: cycles end before any change, or finish theirs');
}

export function retryCommand(kit: Kit): Command {
  return ofHost(kit, 'retry', 'start a host again whose cycle has ended');
}

export function skipCommand(kit: Kit): Command {
  return ofHost(kit, 'skip', 'leave a host out, or be content with how its cycle ended');
}

export function approveCommand(kit: Kit): Command {
  return ofChanges(
    kit,
    'approve',
    'approve changes on every host of the rollout that asks for them',
  );
}

export function rejectCommand(kit: Kit): Command {
  return ofChanges(kit, 'reject', 'reject changes on the hosts that ask for them now');
}

const TAKEN: Record<RolloutDecision['kind'], string> = {
  pause: 'is paused',
  resume: 'goes on',
  abort: 'is aborted',
  approve: 'has its changes approved',
  reject: 'has its changes rejected',
  retry: 'tries again',
  skip: 'skips',
};

function ofRollout(kit: Kit, kind: 'pause' | 'resume' | 'abort', summary: string): Command {
  return kit
    .connected(kind, summary)
    .argument('<name>', 'the rollout', parser(RolloutName))
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .action(
      kit.action((context, name: string, options: Options) =>
        decide(context, name, options, (word) => ({ kind, ...word })),
      ),
    );
}

function ofChanges(kit: Kit, kind: 'approve' | 'reject', summary: string): Command {
  return kit
    .connected(kind, summary)
    .argument('<name>', 'the rollout', parser(RolloutName))
    .requiredOption(
      '--changes <digits>',
      'their digest, its first 12 digits or more',
      parser(TypedDigest),
    )
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence for the report', parser(Reason))
    .addHelpText(
      'after',
      `
For policies whose rollout.approval is wave or once. The changes are shown by: patchcycle rollout plans NAME`,
    )
    .action(
      kit.action(async (context, name: string, options: Options & { changes: string }) => {
        const client = await context.connect();
        const changes = await meantChanges(client, name, options.changes);
        return decide(context, name, options, (word) => ({ kind, changes, ...word }));
      }),
    );
}

/** The whole digest of the changes that a person meant. Throws DecisionRefused when nobody asks for such. */
async function meantChanges(
  client: PatchcycleClient,
  name: string,
  typed: string,
): Promise<string> {
  if (Sha256.safeParse(typed).success) return typed;
  const { rollout } = await client.rolloutStatus(name);
  const asked = questionsOf(rollout?.members ?? []).find(({ changes }) =>
    changes.startsWith(typed),
  );
  if (asked !== undefined) return asked.changes;
  throw new DecisionRefused(
    `No host of the rollout ${name} asks about changes whose digest begins with ${typed}. Nothing was sent.`,
    `See what is asked: patchcycle rollout plans ${name}`,
  );
}

function ofHost(kit: Kit, kind: 'retry' | 'skip', summary: string): Command {
  const command = kit
    .connected(kind, summary)
    .argument('<name>', 'the rollout', parser(RolloutName))
    .argument('<host>', 'the host', parser(HostName))
    .option('--by <name>', 'who decides; default your login', parser(PersonName));
  const why = 'a sentence for the report';
  if (kind === 'skip')
    command.requiredOption('--why <text>', `${why}; has to be said`, parser(Reason));
  else command.option('--why <text>', why, parser(Reason));
  return command.action(
    kit.action((context, name: string, host: string, options: Options) =>
      decide(context, name, options, (word) =>
        kind === 'skip'
          ? { kind, host, by: word.by, why: word.why ?? '' }
          : { kind, host, ...word },
      ),
    ),
  );
}

async function decide(
  context: Context,
  name: string,
  { by: named, why }: Options,
  decisionBy: (word: { by: string; why?: string }) => RolloutDecision,
): Promise<Answer> {
  const by = personName(context.io, named);
  const decision = decisionBy({ by, ...(why === undefined ? {} : { why }) });
  const client = await context.connect();
  const state = await client.decideRollout(name, decision);
  const { paint, symbols } = context.look;
  const host = 'host' in decision ? ` ${decision.host}` : '';
  return {
    exitCode: EXIT.good,
    document: { rollout: name, decision: decision.kind, by, accepted: true, state },
    text: `${paint('green', symbols.done)} ${name} ${TAKEN[decision.kind]}${host}, by ${by}. Follow it: patchcycle rollout status ${name} --watch`,
  };
}
