import type { Audit } from '../../client/index.ts';
import { plain, type Look } from '../paint.ts';
import { table } from './table.ts';
import { count, stateWord } from './words.ts';

/** The cycles, one line each, and below them what a reader has to know. */
export function auditText({ entries, since, notes }: Audit, look: Look): string {
  const said = notes.map((note) => look.paint('yellow', `${look.symbols.warning} ${plain(note)}`));
  if (entries.length === 0) {
    return [`No cycle began since ${minute(since)} UTC.`, ...said].join('\n');
  }
  const rows = entries.map((entry) => [
    minute(entry.startedAt),
    plain(entry.host),
    stateWord(plain(entry.outcome), look),
    entry.changeCount === 0 ? '' : String(entry.changeCount),
    entry.cves.length === 0 ? '' : String(entry.cves.length),
    entry.approvedBy === null ? '' : plain(entry.approvedBy).replace(/ at \d{4}-.*$/, ''),
    entry.issues.length === 0 ? '' : count(entry.issues.length, 'issue'),
  ]);
  return [
    table(['BEGAN (UTC)', 'HOST', 'OUTCOME', 'PACKAGES', 'CVES', 'APPROVED BY', ''], rows, look),
    '',
    ...said,
    `${count(entries.length, 'cycle')}. For the whole of it: --format csv, json or html.`,
  ].join('\n');
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
