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
    kit.action((context: Context, name: string, options: Options) =>
      steer(context, name, options, 'pause'),
    ),
  );
}

export function resumeCommand(kit: Kit): Command {
  return withWords(kit, 'resume', 'let a paused schedule start again').action(
    kit.action((context: Context, name: string, options: Options) =>
      steer(context, name, options, 'resume'),
    ),
  );
}

export function triggerCommand(kit: Kit): Command {
  return schedule(kit, 'trigger', 'start what a schedule starts now').action(kit.action(trigger));
}

export function removeCommand(kit: Kit): Command {
  return schedule(kit, 'remove', 'remove a schedule; what it started goes on').action(
    kit.action(remove),
  );
}

function schedule(kit: Kit, name: string, summary: string): Command {
  return kit
    .connected(name, summary)
    .argument('<name>', "the policy's name, or policy-review", parser(ShortName));
}

function withWords(kit: Kit, name: string, summary: string): Command {
  return schedule(kit, name, summary)
    .option('--by <name>', 'who does it; default your login', parser(PersonName))
    .option('--why <text>', 'a sentence that is shown beside it', parser(Reason));
}

const WAYS = {
  pause: {
    send: (client: PatchcycleClient, name: string, words: Words) =>
      client.pauseSchedule(name, words),
    done: (name: string) =>
      `The schedule ${name} is paused. What it started goes on. Resume it: patchcycle schedule resume ${name}`,
  },
  resume: {
    send: (client: PatchcycleClient, name: string, words: Words) =>
      client.resumeSchedule(name, words),
    done: (name: string) => `The schedule ${name} starts again at its times.`,
  },
};

async function steer(
  context: Context,
  name: string,
  { by, why }: Options,
  way: keyof typeof WAYS,
): Promise<Answer> {
  const words = { by: personName(context.io, by), ...(why === undefined ? {} : { why }) };
  const client = await context.connect();
  await WAYS[way].send(client, name, words);
  const document = { name, paused: way === 'pause', ...words };
  return { exitCode: EXIT.good, document, text: WAYS[way].done(name) };
}

async function trigger(context: Context, name: string): Promise<Answer> {
  const client = await context.connect();
  const started = await client.triggerSchedule(name);
  const { workflowId, link } = started;
  const text = [`Started ${workflowId}.`, ...(link === null ? [] : [link])].join('\n');
  return { exitCode: EXIT.good, document: { name, ...started }, text };
}

async function remove(context: Context, name: string): Promise<Answer> {
  const client = await context.connect();
  await client.removeSchedule(name);
  const text = `The schedule ${name} is removed. As long as the file has it, patchcycle schedule apply makes it again.`;
  return { exitCode: EXIT.good, document: { name, removed: true }, text };
}
