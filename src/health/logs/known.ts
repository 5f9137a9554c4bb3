import { hostname } from 'node:os';
import type { LogFinding } from '../../domain/health.ts';
import type { RunCommand } from '../../host/tools.ts';
import type { Span } from './earlier-changes.ts';
import { readKnownJournal } from './journal.ts';
import { ErrorKinds } from './kinds.ts';
import type { LogLine } from './line.ts';
import { parseSyslogLine } from './syslog-line.ts';
import { forRecentLines, TEXT_LOGS } from './text-log.ts';

const WEEK_MS = 7 * 86_400_000;

type Settings = {
  run: RunCommand;
  /** Patterns of the policy; what they match is not counted. */
  ignore: readonly RegExp[];
  nowMs: number;
  /** Spans of time that do not count, because the host was not in its ordinary state. */
  except: readonly Span[];
  textLogs?: readonly string[];
};

/**
 * Kinds of error that the host had before a change: everything in its logs of the last week, and
 * of the present boot from its beginning. Bounded.
 */
export async function knownErrorKinds(settings: Settings): Promise<LogFinding[]> {
  const { run, ignore, nowMs, except, textLogs = TEXT_LOGS } = settings;
  const kinds = new ErrorKinds(ignore);
  for (const { line, own } of await readKnownJournal(run)) {
    if (!own && !isWithin(line, except)) kinds.add(line, 'journal');
  }
  const hostName = hostname();
  for (const path of textLogs) {
    await forRecentLines(path, nowMs - WEEK_MS, (text) => {
      const line = parseSyslogLine(text, { path, hostName, nowMs });
      if (line !== null && !isWithin(line, except)) kinds.add(line, 'text');
    });
  }
  return kinds.all().map(({ severe: _, ...finding }) => finding);
}

function isWithin({ atMs }: LogLine, spans: readonly Span[]): boolean {
  return atMs !== null && spans.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs);
}
