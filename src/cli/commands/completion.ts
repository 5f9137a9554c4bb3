import { Argument, type Command } from 'commander';
import { completionScript, completionTree, SHELLS, type Shell } from '../completion.ts';
import { EXIT } from '../exit-codes.ts';
import type { Answer, Kit } from '../kit.ts';

export function completionCommand(kit: Kit, program: Command): Command {
  return kit
    .command('completion', "print a shell's completion script")
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText(
      'after',
      `
Examples:
  source <(patchcycle completion bash)
  patchcycle completion fish > ~/.config/fish/completions/patchcycle.fish`,
    )
    .action(
      kit.action(async (_context, shell: Shell): Promise<Answer> => {
        const script = completionScript(completionTree(program), shell);
        return { exitCode: EXIT.good, document: { shell, script }, text: script.trimEnd() };
      }),
    );
}
