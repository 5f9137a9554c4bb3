import { oneLine, utc } from '../text.ts';
import type { Audit } from './audit.ts';
import type { AuditEntry } from './entry.ts';

const COLUMNS: readonly [heading: string, cell: (entry: AuditEntry) => string | number][] = [
  ['host', ({ host }) => host],
  ['began (UTC)', ({ startedAt }) => utc(startedAt).replace(' UTC', '')],
  ['ended (UTC)', ({ endedAt }) => (endedAt === null ? '' : utc(endedAt).replace(' UTC', ''))],
  ['outcome', ({ outcome }) => outcome],
  ['explanation', ({ explanation }) => explanation],
  ['policy', ({ policy }) => policy ?? ''],
  ['asked for by', ({ requestedBy }) => requestedBy ?? ''],
  ['reason', ({ reason }) => reason ?? ''],
  ['approved by', ({ approvedBy }) => approvedBy ?? ''],
  ['decisions', ({ decisions }) => listed(decisions)],
  [
    'installed',
    ({ installed, changeCount }) => (changeCount === 0 ? '' : installed ? 'yes' : 'no'),
  ],
  ['packages', ({ changeCount }) => changeCount],
  ['changes', (entry) => listed(changesOf(entry))],
  ['removals', ({ removals }) => listed(removals.map((one) => `${one.package} ${one.version}`))],
  ['CVEs', ({ cves }) => cves.join(' ')],
  ['packages with unknown CVEs', ({ cvesUnknown }) => cvesUnknown],
  ['issues', ({ issues }) => listed(issues)],
  ['reboots', ({ reboots }) => reboots],
  ['cycle', ({ cycle }) => cycle ?? ''],
  ['workflow', ({ workflow }) => workflow.workflowId],
  ['run', ({ workflow }) => workflow.runId],
  ['source', ({ source }) => source],
];

/** A spreadsheet's cell holds 32,767 characters, and cuts or splits longer ones. */
const CELL_MAX = 30_000;

/**
 * One line a cycle, as RFC 4180 has it. Nothing in it begins a formula, in whatever language the
 * spreadsheet splits cells, so that no host and no person can make an auditor's computer act.
 */
export function auditCsv({ entries }: Audit): string {
  const rows = [
    COLUMNS.map(([heading]) => heading),
    ...entries.map((entry) => COLUMNS.map(([, cell]) => cell(entry))),
  ];
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function listed(texts: readonly string[]): string {
  return texts.map((text) => oneLine(text)).join('\n');
}

export function changesOf({ changes, changeCount }: AuditEntry): string[] {
  const more = changeCount - changes.length;
  return [
    ...changes.map(
      ({ package: name, from, to, security }) =>
        `${name} ${from === null ? '' : `${from} to `}${to}${security ? ' (security)' : ''}`,
    ),
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
}

function quoted(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const lines = cell
    .split('\n')
    .map((line) => oneLine(line, CELL_MAX))
    .join('\n');
  return `"${harmless(cut(lines)).replaceAll('"', '""')}"`;
}

function cut(text: string): string {
  return text.length <= CELL_MAX ? text : `${text.slice(0, CELL_MAX)}… (cut; see the report)`;
}

/**
 * What a spreadsheet could take for the beginning of a formula gets an apostrophe before it: at the
 * beginning of a cell, of a line, and behind whatever else some spreadsheets take for a separator.
 */
function harmless(text: string): string {
  return text.replace(/(^|[\n;,|"'])(\s*)([=+\-@＝＋－＠])/g, "$1$2'$3");
}
