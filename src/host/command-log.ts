import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandRecord } from '../domain/report.ts';
import { orIfMissing } from './errno.ts';
import { maskArgv } from './mask.ts';

const FILE_NAME = 'commands.jsonl';

/** About 40,000 commands; a cycle runs some hundreds. What would come after is not recorded. */
const LOG_BYTES_MAX = 8 * 1024 * 1024;

/** Arguments that are kept of one command, and characters of one argument: the history and the report hold them too. */
const ARGUMENTS_MAX = 40;
const ARGUMENT_LENGTH_MAX = 300;

/** The command as it may be shown: secrets masked, and bounded, saying how much was left out. */
export function shownArgv(argv: readonly string[]): string[] {
  const shown = maskArgv(argv)
    .slice(0, ARGUMENTS_MAX)
    .map((argument) =>
      argument.length > ARGUMENT_LENGTH_MAX
        ? `${argument.slice(0, ARGUMENT_LENGTH_MAX)}…`
        : argument,
    );
  const left = argv.length - ARGUMENTS_MAX;
  return left > 0 ? [...shown, `(${left} more arguments)`] : shown;
}

/**
 * Writes one line to the cycle's command log. The argument vector may be as it was run. A log that
 * cannot be written (a full disk) is said to the agent's log and decides nothing.
 */
export async function recordCommand(cycleDirectory: string, record: CommandRecord): Promise<void> {
  const path = join(cycleDirectory, FILE_NAME);
  const line = JSON.stringify({ ...record, argv: shownArgv(record.argv) });
  try {
    const size = (await orIfMissing(stat(path), null))?.size ?? 0;
    // One write of one line to a file opened for appending: lines of two writers do not mix.
    if (size < LOG_BYTES_MAX) await appendFile(path, `${line}\n`, { mode: 0o600 });
  } catch (error) {
    process.emitWarning(`The command log ${path} could not be written: ${String(error)}`);
  }
}

/** The records of a cycle in the order in which its commands ended. A line torn by a power cut is left out. */
export async function readCommands(cycleDirectory: string): Promise<CommandRecord[]> {
  const text = await orIfMissing(readFile(join(cycleDirectory, FILE_NAME), 'utf8'), '');
  return text.split('\n').flatMap((line) => {
    const record = parseLine(line);
    return record === null ? [] : [record];
  });
}

function parseLine(line: string): CommandRecord | null {
  try {
    return line === '' ? null : (JSON.parse(line) as CommandRecord);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
