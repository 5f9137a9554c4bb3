import { hostname } from 'node:os';
import type { LogPosition } from '../../domain/health.ts';
import type { RunCommand } from '../../host/tools.ts';
import type { ObservedKind } from '../../planning/log-verdict.ts';
import { readJournal } from './journal.ts';
import { ErrorKinds } from './kinds.ts';
import { signatureOf } from './signature.ts';
import { parseSyslogLine } from './syslog-line.ts';
import { readTextLog, TEXT_LOGS } from './text-log.ts';

/** What the journal said lately is remembered by this many kinds of line, to know it again in text logs. */
const REMEMBERED_MAX = 50_000;

/** Sentences about what could not be read; a log that is rotated more often says the same again. */
const UNREAD_MAX = 20;

export type LogWatch = {
  /** Reads what was logged since the last reading; answers whether there is more to be read already. */
  advance(): Promise<boolean>;
  readonly kinds: ObservedKind[];
  readonly linesRead: number;
  /** What was logged and could not be read, one sentence each. */
  readonly unread: string[];
  readonly position: LogPosition;
};

type Settings = {
  run: RunCommand;
  position: LogPosition;
  ignore: readonly RegExp[];
  textLogs?: readonly string[];
  hostName?: string;
};

/**
 * Follows the host's logs from a position on. Where there is a journal it is believed about
 * everything that it has: a line of a text log counts only if the journal has not got it, because
 * the journal knows the urgency of a line and the text log does not.
 */
export function watchLogs(settings: Settings): LogWatch {
  const { run, ignore, textLogs = TEXT_LOGS, hostName = hostname() } = settings;
  const kinds = new ErrorKinds(ignore);
  const inJournal = new Set<string>();
  const unread = new Set<string>();
  let { position } = settings;
  let linesRead = 0;

  return {
    async advance() {
      // Text logs first: what they have by now, the journal has had before.
      const parts = await Promise.all(textLogs.map((path) => readTextLog(path, positionOf(path))));
      const journal =
        position.journalCursor === null ? null : await readJournal(run, position.journalCursor);
      for (const { line, own } of journal?.entries ?? []) {
        if (inJournal.size < REMEMBERED_MAX) inJournal.add(signatureOf(line.program, line.message));
        if (!own) kinds.add(line, 'journal');
      }
      for (const [index, part] of parts.entries()) {
        addText(part.lines, textLogs[index] ?? '');
        for (const sentence of part.unread) if (unread.size < UNREAD_MAX) unread.add(sentence);
      }
      linesRead += parts.reduce(
        (sum, { lines }) => sum + lines.length,
        journal?.entries.length ?? 0,
      );
      position = {
        journalCursor: journal?.cursor ?? null,
        files: parts.flatMap(({ position: file }) => (file === null ? [] : [file])),
      };
      return parts.some(({ more }) => more) || (journal?.more ?? false);
    },
    get kinds() {
      return kinds.all();
    },
    get linesRead() {
      return linesRead;
    },
    get unread() {
      return [...unread];
    },
    get position() {
      return position;
    },
  };

  function positionOf(path: string): LogPosition['files'][number] | null {
    return position.files.find((file) => file.path === path) ?? null;
  }

  function addText(lines: readonly string[], path: string): void {
    for (const text of lines) {
      const line = parseSyslogLine(text, { path, hostName, nowMs: Date.now() });
      if (line === null || !kinds.isError(line)) continue;
      if (!inJournal.has(signatureOf(line.program, line.message))) kinds.add(line, 'text');
    }
  }
}
