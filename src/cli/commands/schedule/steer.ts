import type { Command } from 'commander';
import type { PatchcycleClient } from '../../../client/index.ts';
import { PersonName, Reason, ShortName } from '../../../domain/names.ts';
import { EXIT } from '../../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { personName } from '../../person.ts';

type Options = { by?: string; why?: string };
type Words = { by: string; why?: string };

export function pauseCommand(kit: Kit): Command {
  return withWords(kit, 'pause', 'let a schedule start nothing until it is resumed').action(
    kit.action((context: Context, policy: string, options: Options) =>
      steer(context, policy, options, 'pause'),
    ),
  );
}

export function resumeCommand(kit: Kit): Command {
  return withWords(kit, 'resume', 'let a paused schedule start rollouts again').action(
    kit.action((context: Context, policy: string, options: Options) =>
      steer(context, policy, options, 'resume'),
    ),
  );
}

export function triggerCommand(kit: Kit): Command {
  return schedule(kit, 'trigger', 'start the rollout of a schedule now').action(
    kit.action(trigger),
  );
}

export function removeCommand(kit: Kit): Command {
  return schedule(kit, 'remove', 'remove a schedule; a rollout that it started goes on').action(
    kit.action(remove),
  );
}

function schedule(kit: Kit, name: string, summary: string): Command {
  return kit
    .connected(name, summary)
    .argument('<policy>', 'the policy whose schedule is meant', parser(ShortName));
}

function withWords(kit: Kit, name: string, summary: string): Command {
  return schedule(kit, name, summary)
    .option('--by <name>', 'who does it; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence that is shown beside it', parser(Reason));
}

const WAYS = {
  pause: {
    send: (client: PatchcycleClient, policy: string, words: Words) =>
      client.pauseSchedule(policy, words),
    done: (policy: string) =>
      `The schedule of ${policy} is paused. What it started goes on. Resume it: patchcycle schedule resume ${policy}`,
  },
  resume: {
    send: (client: PatchcycleClient, policy: string, words: Words) =>
      client.resumeSchedule(policy, words),
    done: (policy: string) => `The schedule of ${policy} starts rollouts again.`,
  },
};

async function steer(
  context: Context,
  policy: string,
  { by, why }: Options,
  way: keyof typeof WAYS,
): Promise<Answer> {
  const words = { by: personName(context.io, by), ...(why === undefined ? {} : { why }) };
  const client = await context.connect();
  await WAYS[way].send(client, policy, words);
  const document = { policy, paused: way === 'pause', ...words };
  return { exitCode: EXIT.good, document, text: WAYS[way].done(policy) };
}

async function trigger(context: Context, policy: string): Promise<Answer> {
  const client = await context.connect();
  const started = await client.triggerSchedule(policy);
  const { workflowId, link } = started;
  const text = [`Started ${workflowId}.`, ...(link === null ? [] : [link])].join('\n');
  return { exitCode: EXIT.good, document: { policy, ...started }, text };
}

async function remove(context: Context, policy: string): Promise<Answer> {
  const client = await context.connect();
  await client.removeSchedule(policy);
  const text = `The schedule of ${policy} is removed. As long as the file has it, patchcycle schedule apply makes it again.`;
  return { exitCode: EXIT.good, document: { policy, removed: true }, text };
}
