import type { Command } from 'commander';
import { HostName, PersonName, Reason } from '../../../domain/names.ts';
import { RolloutName } from '../../../domain/rollout.ts';
import type { RolloutDecision } from '../../../domain/rollout-decision.ts';
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

const TAKEN: Record<RolloutDecision['kind'], string> = {
  pause: 'is paused',
  resume: 'goes on',
  abort: 'is aborted',
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
