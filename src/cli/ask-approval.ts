import { BadRequest, type HostStatus } from '../client/index.ts';
import { planInQuestion } from './digest.ts';
import { Interrupted } from './failure.ts';
import type { Context } from './kit.ts';
import { planText } from './render/plan.ts';

/** Every package of an ordinary update; a longer list is cut, and said to be. */
const ROWS_ASKED = 200;

/**
 * Shows the plan in question and asks the person at the terminal; answers the digest of exactly
 * what was shown. Throws BadRequest where nobody can be asked, Interrupted when the person leaves.
 */
export async function askApproval(
  { io, errLook, json, say }: Context,
  status: HostStatus,
): Promise<{ verdict: 'approve' | 'reject' | 'later'; digest: string }> {
  const { host, cycle } = status;
  const digest = planInQuestion(status);
  if (!io.canAsk || json || !cycle?.plan) {
    throw new BadRequest(
      `Say which plan is meant: ${host} asks about the plan ${digest}.`,
      `Look at it with patchcycle status ${host}, then add --digest ${digest.slice(0, 12)}`,
    );
  }
  say(planText(cycle.plan, errLook, ROWS_ASKED));
  if (cycle.state.name === 'awaiting-approval') say(`\nAsked because ${cycle.state.why}.`);
  // Loaded only here: no other command asks anything.
  const { select } = await import('@inquirer/prompts');
  try {
    const verdict = await select(
      {
        message: `Install this plan on ${host}?`,
        choices: [
          { name: 'approve: install exactly this', value: 'approve' as const },
          { name: 'reject: end the cycle, nothing is changed', value: 'reject' as const },
          { name: 'later: decide nothing now', value: 'later' as const },
        ],
        default: 'later',
      },
      { output: process.stderr, signal: io.stop },
    );
    return { verdict, digest };
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)) {
      throw new Interrupted('Nothing was decided.', `Decide later: patchcycle approve ${host}`);
    }
    throw error;
  }
}
