import type { Command } from 'commander';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BadRequest } from '../../client/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Answer, Context, Kit } from '../kit.ts';
import { sourceFile } from '../source-tree.ts';

const DEMO = 'src/lab/demo/main.ts';

export function demoCommand(kit: Kit): Command {
  return kit
    .command('demo', 'patch four real hosts on this machine, which are made for it and removed')
    .option('--fleet', 'a rollout over six hosts instead, with an update that breaks its canary')
    .option('--yes', 'approve the critical host\'s plan without asking, as "demo"')
    .option('--keep', 'leave everything running until Ctrl-C, to play with')
    .addHelpText(
      'after',
      `
It needs root on Debian or Ubuntu, and the project's sources: the same as npm run demo.

Examples:
  patchcycle demo
  patchcycle demo --yes --json > demo.json`,
    )
    .action(kit.action(demo));
}

/** The lab is no part of the product, so the demonstration runs as a program of its own. */
async function demo(
  { io, json }: Context,
  options: { fleet?: boolean; yes?: boolean; keep?: boolean },
): Promise<Answer> {
  const program = sourceFile(DEMO);
  if (program === null) {
    throw new BadRequest(
      'The demonstration is part of the sources, and this is an installed patchcycle.',
      'Clone the project and run there: npm run demo',
    );
  }
  const flags = Object.entries({ fleet: options.fleet, yes: options.yes, keep: options.keep, json })
    .filter(([, isSet]) => isSet)
    .map(([name]) => `--${name}`);
  const child = spawn(process.execPath, [program, ...flags], {
    stdio: ['inherit', json ? 'pipe' : 'inherit', 'inherit'],
  });
  // Ctrl-C reaches the child by itself; a signal to this process alone is handed on.
  io.stop.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const output: Buffer[] = [];
  child.stdout?.on('data', (piece: Buffer) => output.push(piece));
  const [code] = (await once(child, 'close')) as [number | null];
  const exitCode = code === 0 ? EXIT.good : code === 1 ? EXIT.wrongUse : EXIT.notSucceeded;
  return {
    exitCode: io.stop.aborted ? EXIT.interrupted : exitCode,
    document: json ? JSON.parse(Buffer.concat(output).toString() || 'null') : null,
    text: '',
  };
}
