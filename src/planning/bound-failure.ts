import type { FailedCommand, FailureDetails, FailureRecord } from '../domain/failure.ts';

/*
 * A cycle keeps fifty failures and two hundred steps, and its report holds them all; Temporal takes
 * 2 MB and no more. So each failure is bounded where the cycle takes it down, in bytes of JSON,
 * because that is what is sent: agents bound theirs in characters.
 */

const TYPE_BYTES_MAX = 100;
const MESSAGE_BYTES_MAX = 1_500;
const REMEDY_BYTES_MAX = 1_000;
const ARGV_BYTES_MAX = 1_000;
const STDERR_BYTES_MAX = 1_500;
const FINDINGS_BYTES_MAX = 4_000;
const FINDING_BYTES_MAX = 500;
/** Field names, quotes, commas. */
const AROUND_BYTES = 400;

/** What a failure takes at most, as JSON. */
export const FAILURE_BYTES_MAX =
  TYPE_BYTES_MAX +
  MESSAGE_BYTES_MAX +
  REMEDY_BYTES_MAX +
  ARGV_BYTES_MAX +
  STDERR_BYTES_MAX +
  FINDINGS_BYTES_MAX +
  AROUND_BYTES;

/** The failure with every text cut to what a report has room for; what is left out is counted. */
export function boundFailure({ type, message, details }: FailureRecord): FailureRecord {
  return {
    type: cut(type, TYPE_BYTES_MAX),
    message: cut(message, MESSAGE_BYTES_MAX),
    ...(details === undefined ? {} : { details: boundDetails(details) }),
  };
}

/** The same failure in one line, for the timeline: the whole one is told elsewhere. */
export function briefFailure({
  type,
  message,
}: FailureRecord): Pick<FailureRecord, 'type' | 'message'> {
  return { type: cut(type, TYPE_BYTES_MAX), message: cut(message, 300) };
}

function boundDetails({ remedy, command, findings }: FailureDetails): FailureDetails {
  return {
    remedy: cut(remedy, REMEDY_BYTES_MAX),
    ...(command === undefined ? {} : { command: boundCommand(command) }),
    ...(findings === undefined
      ? {}
      : { findings: boundList(findings, FINDINGS_BYTES_MAX, FINDING_BYTES_MAX) }),
  };
}

function boundCommand({ argv, exitCode, stderrTail }: FailedCommand): FailedCommand {
  return {
    argv: boundList(argv, ARGV_BYTES_MAX, ARGV_BYTES_MAX / 4),
    exitCode,
    stderrTail: cutFront(stderrTail, STDERR_BYTES_MAX),
  };
}

/** As many as fit, from the first; then how many more there were. */
function boundList(texts: readonly string[], totalBytes: number, eachBytes: number): string[] {
  const kept: string[] = [];
  let left = totalBytes - 40; // Room for the last line.
  for (const text of texts) {
    const short = cut(text, eachBytes);
    left -= jsonBytes(short) + 3;
    if (left < 0) return [...kept, `… and ${texts.length - kept.length} more`];
    kept.push(short);
  }
  return kept;
}

function cut(text: string, maxBytes: number): string {
  // Every character takes a byte at least, so nothing beyond can fit.
  const near = text.slice(0, maxBytes);
  if (near === text && jsonBytes(text) <= maxBytes) return text;
  return `${fitting(near, maxBytes - 3)}…`;
}

/** The end says why a command failed, so it is the end that is kept. */
function cutFront(text: string, maxBytes: number): string {
  const near = text.slice(-maxBytes);
  if (near === text && jsonBytes(text) <= maxBytes) return text;
  const backwards = [...near].reverse().join('');
  return `…${[...fitting(backwards, maxBytes - 3)].reverse().join('')}`;
}

/** As much of the text as takes so many bytes. */
function fitting(text: string, maxBytes: number): string {
  let left = maxBytes;
  let end = 0;
  for (const character of text) {
    left -= costOf(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}

function jsonBytes(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += costOf(character);
  return bytes;
}

/** The bytes of one character inside a JSON string; one that JSON escapes counts as the longest escape. */
function costOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || character === '"' || character === '\\') return 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  if (code >= 0xd800 && code <= 0xdfff) return 6; // Half a pair.
  return code < 0x10000 ? 3 : 4;
}
