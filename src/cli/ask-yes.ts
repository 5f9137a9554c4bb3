import { BadRequest } from '../client/index.ts';
import { Interrupted } from './failure.ts';
import type { Context } from './kit.ts';

/**
 * Asks the person at the terminal whether what was shown shall be done. Throws BadRequest where
 * nobody can be asked, Interrupted when the person leaves.
 */
export async function askYes({ io, json }: Context, question: string): Promise<boolean> {
  if (!io.canAsk || json) {
    throw new BadRequest(
      'Nothing was done, because nobody can be asked here.',
      'Look at it with --dry-run, then do it with --yes.',
    );
  }
  // Loaded only here: few commands ask anything.
  const { confirm } = await import('@inquirer/prompts');
  try {
    return await confirm(
      { message: question, default: false },
      { output: process.stderr, signal: io.stop },
    );
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name)) {
      throw new Interrupted('Nothing was done.', 'Ask again.');
    }
    throw error;
  }
}
