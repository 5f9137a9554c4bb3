import { CommanderError } from 'commander';
import { PatchcycleError, TemporalUnreachable } from '../client/index.ts';
import { StepFailure } from '../domain/failure.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { cut, plain, type Look } from './paint.ts';

/** A failure as the command tells it, in words and as the document of `--json`. */
export type ToldFailure = {
  exitCode: ExitCode;
  type: string;
  message: string;
  remedy: string | null;
};

/** Stopped by Ctrl-C; not a failure of anything. */
export class Interrupted extends PatchcycleError {
  override readonly name = 'Interrupted';
}

export function tellFailure(error: unknown): ToldFailure {
  if (error instanceof Interrupted) return told(EXIT.interrupted, error, error.remedy);
  if (error instanceof TemporalUnreachable) return told(EXIT.unreachable, error, error.remedy);
  if (error instanceof PatchcycleError) return told(EXIT.wrongUse, error, error.remedy);
  // What an agent or a worker finds wrong before it serves.
  if (error instanceof StepFailure) {
    return { ...told(EXIT.wrongUse, error, error.details.remedy), type: error.type };
  }
  if (error instanceof CommanderError) {
    return {
      exitCode: EXIT.wrongUse,
      type: 'WrongUse',
      message: plain(shortened(error.message.replace(/^error: /, ''))),
      remedy: 'patchcycle --help, or --help after the command, shows how it is used.',
    };
  }
  if (error instanceof Error) {
    return told(
      EXIT.wrongUse,
      error,
      'This is a fault of patchcycle itself: please report it, with what PATCHCYCLE_DEBUG=1 shows.',
    );
  }
  return { exitCode: EXIT.wrongUse, type: 'Error', message: String(error), remedy: null };
}

/** The value that was refused, cut: its reason comes after it and has to be seen. */
function shortened(message: string): string {
  return message.replace(
    /(value|argument) '(.*)' is invalid/s,
    (_, kind: string, value: string) => `${kind} '${cut(value, 60)}' is invalid`,
  );
}

function told(exitCode: ExitCode, error: Error, remedy: string | null): ToldFailure {
  const message = error.message.split('\n').map(plain).join('\n');
  return { exitCode, type: error.name, message, remedy };
}

/** Two lines for people: what failed, and what to do next. */
export function failureText(failure: ToldFailure, { paint, symbols }: Look): string {
  const first = `${paint('red', symbols.failed)} ${failure.message.replaceAll('\n', '\n  ')}`;
  return failure.remedy === null
    ? first
    : `${first}\n  ${paint('bold', 'Next:')} ${failure.remedy}`;
}
