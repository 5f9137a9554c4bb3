import { z } from 'zod';
import type { LogLine } from './line.ts';

/** A field is text, a list of bytes where it is not valid UTF-8, a list of values where it was set twice, or null where it is too large. */
const Field = z.union([z.string(), z.array(z.number()), z.array(z.unknown()), z.null()]).optional();

const Entry = z.object({
  __CURSOR: z.string(),
  /** Microseconds since 1970. */
  __REALTIME_TIMESTAMP: z.string().optional(),
  MESSAGE: Field,
  PRIORITY: Field,
  SYSLOG_IDENTIFIER: Field,
  SYSLOG_FACILITY: Field,
  _COMM: Field,
  _TRANSPORT: Field,
  _SYSTEMD_UNIT: Field,
  /** What systemd's own messages are about. */
  UNIT: Field,
});

/** The fields that are asked for; the whole entry has three times as much. Cursor and time always come along. */
export const ENTRY_FIELDS = Object.keys(Entry.shape)
  .filter((name) => !name.startsWith('__'))
  .join(',');

export type JournalEntry = {
  cursor: string;
  line: LogLine;
  /** Whether it is by or about one of patchcycle's own units. */
  own: boolean;
};

/** Units of the agent and its package jobs. What they do is judged by their results, not by their log. */
const OWN_UNIT = /^patchcycle[@.-]/;

/** Syslog's facilities auth and authpriv. */
const LOGIN_FACILITIES = ['4', '10'];

/** Parses one line of `journalctl --output=json`; null for one that was cut off or is none. */
export function parseJournalEntry(json: string): JournalEntry | null {
  const parsed = Entry.safeParse(parseJson(json));
  if (!parsed.success) return null;
  const entry = parsed.data;
  const unit = text(entry.UNIT) ?? text(entry._SYSTEMD_UNIT);
  const transport = text(entry._TRANSPORT);
  const program = text(entry.SYSLOG_IDENTIFIER) ?? text(entry._COMM) ?? '';
  return {
    cursor: entry.__CURSOR,
    own: [text(entry.UNIT), text(entry._SYSTEMD_UNIT)].some((name) => OWN_UNIT.test(name ?? '')),
    line: {
      atMs: milliseconds(entry.__REALTIME_TIMESTAMP),
      program,
      message: text(entry.MESSAGE) ?? '',
      source: `the journal of ${transport === 'kernel' ? 'the kernel' : (unit ?? (program || 'the host'))}`,
      priority: statedPriority(text(entry.PRIORITY), transport),
      aboutLogin: LOGIN_FACILITIES.includes(text(entry.SYSLOG_FACILITY) ?? ''),
    },
  };
}

function milliseconds(microseconds: string | undefined): number | null {
  return microseconds !== undefined && /^\d{1,17}$/.test(microseconds)
    ? Math.floor(Number(microseconds) / 1_000)
    : null;
}

/** What a service prints gets the priority "info" from systemd, whatever it says. */
function statedPriority(priority: string | null, transport: string | null): number | null {
  if (priority === null || !/^[0-7]$/.test(priority)) return null;
  return transport === 'stdout' && priority === '6' ? null : Number(priority);
}

function text(field: z.infer<typeof Field>): string | null {
  if (field === undefined || field === null || typeof field === 'string') return field ?? null;
  if (field.every((byte) => typeof byte === 'number'))
    return Buffer.from(field as number[]).toString('utf8');
  const first = field.find((value) => typeof value === 'string');
  return typeof first === 'string' ? first : null;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
