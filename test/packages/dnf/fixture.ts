import { readFileSync } from 'node:fs';
import type { Argv, CommandResult, HostTools } from '../../../src/host/tools.ts';
import type { Dialect } from '../../../src/packages/dnf/dialects/dialect.ts';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { dnf5 } from '../../../src/packages/dnf/dialects/dnf5.ts';

export const DIALECTS: readonly [string, Dialect][] = [
  ['dnf 4', dnf4],
  ['dnf 5', dnf5],
];

const COMMANDS = { dnf4: ['debian', 'dnf'], dnf5: ['debian-sid', 'dnf5'] } as const;

/**
 * Captured output of the real tools; see test/fixtures/dnf/README.md. `command` is what follows the
 * program's name, where both dialects have the same; else it is given for each.
 */
export function fixture(
  { name }: Dialect,
  number: number,
  command: string | Record<Dialect['name'], string>,
  stream: 'stdout' | 'stderr' = 'stdout',
): string {
  const [distribution, program] = COMMANDS[name];
  const word = typeof command === 'string' ? command : command[name];
  const file = `${distribution}-${number}.${program}-${word}.${stream}`;
  return readFileSync(new URL(`../../fixtures/dnf/${file}`, import.meta.url), 'utf8');
}

/** The names under which the dialects have the smallest update. */
export const MINIMAL = { dnf4: 'upgrade-minimal', dnf5: 'upgrade' } as const;

export type Answer = Partial<Omit<CommandResult, 'argv'>>;

/** Tools whose commands are answered as they were captured. */
export function answering(answer: (argv: Argv) => Answer | undefined): HostTools {
  return {
    run: (argv) => {
      const given = answer(argv);
      if (given === undefined) return Promise.reject(new Error(`ran ${argv.join(' ')}`));
      return Promise.resolve(resultOf(argv, given));
    },
    runJob: () => Promise.reject(new Error('no job was expected')),
    progress: () => {},
  };
}

function resultOf(argv: Argv, answer: Answer): CommandResult {
  const ended = { exitCode: 0, signal: null, durationMs: 1, timedOut: false, truncated: false };
  return { argv, stdout: '', stderr: '', ...ended, ...answer };
}
