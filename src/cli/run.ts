import { CommanderError } from 'commander';
import { inspect } from 'node:util';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { failureText, tellFailure } from './failure.ts';
import type { Io } from './io.ts';
import { Kit, type Answer } from './kit.ts';
import { lookOf } from './paint.ts';
import { buildProgram } from './program.ts';

/**
 * Runs one command line (without the program's own name) to its exit code. With `--json` exactly
 * one document goes to standard output, also when it fails.
 */
export async function runCli(argv: readonly string[], io: Io): Promise<ExitCode> {
  const json = wantsJson(argv);
  const kit = new Kit(io);
  try {
    await buildProgram(kit, json).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.good;
    const failure = tellFailure(error);
    const { exitCode, ...told } = failure;
    if (io.env['PATCHCYCLE_DEBUG'] && error instanceof Error) {
      io.stderr.write(`${inspect(error)}\n`);
    }
    if (!isHelp(error)) io.stderr.write(`${failureText(failure, lookOf(io.stderr, io.env))}\n`);
    if (json) print(io, { error: told });
    return exitCode;
  }
  return kit.answer === null ? EXIT.good : give(io, kit.answer, json);
}

/** The command line itself, because one that cannot be understood must be answered in JSON too. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

/** `patchcycle` or `patchcycle schedule` alone: the help was shown, and that is all to say. */
function isHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help';
}

function give(io: Io, { document, text, exitCode }: Answer, json: boolean): ExitCode {
  if (json) {
    if (document !== undefined) print(io, document);
  } else if (text !== '') {
    io.stdout.write(`${text}\n`);
  }
  return exitCode;
}

function print(io: Io, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
