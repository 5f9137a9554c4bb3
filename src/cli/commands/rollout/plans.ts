import type { Command } from 'commander';
import type { PatchcycleClient } from '../../../client/index.ts';
import type { PlanOverview } from '../../../domain/plan.ts';
import { RolloutName } from '../../../domain/rollout.ts';
import { describeDrift } from '../../../planning/drift.ts';
import { questionsOf, type Question } from '../../../planning/rollout-summary.ts';
import { EXIT } from '../../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { plain } from '../../paint.ts';
import { planText } from '../../render/plan.ts';
import { count } from '../../render/words.ts';

export function plansCommand(kit: Kit): Command {
  return kit
    .connected(
      'plans',
      'the plans that people are asked about: the most common one, and how others differ',
    )
    .argument('<name>', 'the rollout', parser(RolloutName))
    .action(kit.action(plans));
}

/** Of more kinds of hosts than these nobody can judge the differences at once. */
const SHOWN_MAX = 20;

async function plans(context: Context, name: string): Promise<Answer> {
  const client = await context.connect();
  const { rollout } = await client.rolloutStatus(name);
  const questions = questionsOf(rollout?.members ?? []);
  const shown = await Promise.all(
    questions.slice(0, SHOWN_MAX).map(async (question) => ({
      ...question,
      plan: await planOf(client, question),
    })),
  );
  const texts = shown.map((one, index) =>
    questionText(context, name, one, index === 0 ? null : (shown[0]?.plan ?? null)),
  );
  const more = questions.length - shown.length;
  return {
    exitCode: EXIT.good,
    document: { rollout: name, questions: shown },
    text:
      texts.length === 0
        ? `No host of ${name} asks about a plan now.`
        : [...texts, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n\n'),
  };
}

/** The plan as one of the hosts shows it; null when it asks no more. */
async function planOf(client: PatchcycleClient, { hosts }: Question): Promise<PlanOverview | null> {
  const [host] = hosts;
  return host === undefined ? null : ((await client.status(host)).cycle?.plan ?? null);
}

function questionText(
  { look }: Context,
  name: string,
  { changes, hosts, plan }: Question & { plan: PlanOverview | null },
  first: PlanOverview | null,
): string {
  const head = `${look.paint('bold', count(hosts.length, 'host'))}: ${hosts.slice(0, 12).join(', ')}${hosts.length > 12 ? ', …' : ''}`;
  const command = look.paint(
    'cyan',
    `    patchcycle rollout approve ${name} --changes ${changes.slice(0, 12)}`,
  );
  if (plan === null) return [head, '  The plan is not asked about any more.'].join('\n');
  if (first === null) return [head, planText(plan, look), command].join('\n');
  const differences = describeDrift(first, plan).map((one) => `  ${plain(one)}`);
  return [`${head}, which differ:`, ...differences, command].join('\n');
}
