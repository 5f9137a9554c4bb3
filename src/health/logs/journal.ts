import type { StepFailure } from '../../domain/failure.ts';
import { commandFailure } from '../../host/command.ts';
import type { Argv, CommandResult, RunCommand } from '../../host/tools.ts';
import { ROUGH_ERROR_PATTERN } from './error-lines.ts';
import { ENTRY_FIELDS, parseJournalEntry, type JournalEntry } from './journal-entry.ts';

/** Lines of one reading. A host that logs more between two looks is read on in the next one. */
const LINES_MAX = 50_000;

/** 50,000 entries with the fields that are asked for take about 20 MB; long messages more. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** How far back errors count as known. A week has every weekly job in it. */
const KNOWN_SINCE = '-7d';

/** Searching a week of a large journal may take long; what was found by then is known. */
const SEARCH_TIMEOUT_MS = 30_000;

const OUTPUT: readonly string[] = [
  '--no-pager',
  '--all',
  '--output=json',
  `--output-fields=${ENTRY_FIELDS}`,
];

/**
 * The cursor of a journal in which nothing had been written when it was asked: reading goes on
 * with all that it has by then.
 */
const BEGINNING = '';

/** What journalctl says where journald has written no file yet. */
const NO_JOURNAL_FILES = 'No journal files were found';

/**
 * Where the journal ends now; null where there is no journalctl, and so nothing that could be read.
 * Fails with `CommandFailed` where there is one and it does not say: a journal without a position
 * would never be read.
 */
export async function journalCursor(run: RunCommand): Promise<string | null> {
  const result = await run(['journalctl', '--no-pager', '--lines=0', '--show-cursor']);
  const cursor = /^-- cursor: (\S+)$/m.exec(result.stdout)?.[1];
  if (cursor !== undefined) return cursor;
  if (isNotInstalled(result)) return null;
  if (result.exitCode === 0 || result.stderr.includes(NO_JOURNAL_FILES)) return BEGINNING;
  throw unreadable(result);
}

function isNotInstalled({ exitCode, timedOut, signal, stderr }: CommandResult): boolean {
  return exitCode === null && !timedOut && signal === null && stderr.includes('ENOENT');
}

export type JournalPart = {
  entries: JournalEntry[];
  /** Where reading goes on. */
  cursor: string;
  /** Whether there was more than one reading takes. */
  more: boolean;
};

/**
 * What the journal got since the cursor. A cursor that the journal has no more (a volatile journal
 * after a reboot, old files removed) means everything of this boot.
 * Fails with `CommandFailed`.
 */
export async function readJournal(run: RunCommand, cursor: string): Promise<JournalPart> {
  const result = await readSince(run, cursor);
  const entries = parseEntries(result.stdout);
  const isEmpty = cursor === BEGINNING && result.stderr.includes(NO_JOURNAL_FILES);
  if (result.exitCode !== 0 && entries.length === 0 && !isEmpty) throw unreadable(result);
  return {
    entries,
    cursor: entries.at(-1)?.cursor ?? cursor,
    more: result.truncated || result.timedOut || entries.length >= LINES_MAX,
  };
}

/** Without a cursor to begin at, a number of lines would mean the last ones; the bound of the output keeps the first ones. */
async function readSince(run: RunCommand, cursor: string): Promise<CommandResult> {
  if (cursor === BEGINNING) return journalctl(run, []);
  const after = await journalctl(run, [`--lines=${LINES_MAX}`, `--after-cursor=${cursor}`]);
  return after.exitCode !== 0 && after.stderr.includes('cursor')
    ? journalctl(run, ['--boot=0'])
    : after;
}

function journalctl(run: RunCommand, from: readonly string[]): Promise<CommandResult> {
  const argv: Argv = ['journalctl', ...OUTPUT, ...from];
  return run(argv, { maxOutputBytes: OUTPUT_BYTES_MAX });
}

function unreadable(result: CommandResult): StepFailure {
  return commandFailure(
    'CommandFailed',
    'The journal of the host could not be read.',
    result,
    'Try the command on the host; "journalctl --verify" shows whether the journal is damaged. The step is tried again by itself.',
  );
}

/**
 * Entries that tell of errors which this host had before: of the last week, and of the present
 * boot from its beginning, because the next one will say the same. Bounded, and the newest first
 * where there are too many; nothing where there is no journal.
 */
export async function readKnownJournal(run: RunCommand): Promise<JournalEntry[]> {
  const options = { timeoutMs: SEARCH_TIMEOUT_MS, maxOutputBytes: OUTPUT_BYTES_MAX };
  const since = `--since=${KNOWN_SINCE}`;
  const stated = await run(
    ['journalctl', ...OUTPUT, `--lines=${LINES_MAX}`, '--priority=err', since],
    options,
  );
  // Output beyond the bound is thrown away, so this reads a boot from its beginning.
  const booted = await run(['journalctl', ...OUTPUT, '--priority=err', '--boot=0'], options);
  const worded = await run(
    [
      'journalctl',
      ...OUTPUT,
      `--lines=${LINES_MAX}`,
      since,
      '--case-sensitive=no',
      `--grep=${ROUGH_ERROR_PATTERN}`,
    ],
    options,
  );
  // A systemd that was built without pattern matching refuses the search; then the newest lines are read.
  const words =
    worded.exitCode === 0 || worded.stdout !== '' || worded.stderr === ''
      ? worded
      : await run(['journalctl', ...OUTPUT, `--lines=${LINES_MAX}`, since], options);
  const entries = [stated, booted, words].flatMap(({ stdout }) => parseEntries(stdout));
  return [...new Map(entries.map((entry) => [entry.cursor, entry])).values()];
}

function parseEntries(stdout: string): JournalEntry[] {
  return stdout.split('\n').flatMap((line) => {
    const entry = line === '' ? null : parseJournalEntry(line);
    return entry === null ? [] : [entry];
  });
}
