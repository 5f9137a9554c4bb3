import { join } from 'node:path';
import { formatDuration } from '../../domain/duration.ts';
import type { Report } from '../../domain/report.ts';
import type { Look } from '../../cli/paint.ts';
import { table } from '../../cli/render/table.ts';
import { stateWord } from '../../cli/render/words.ts';
import type { Role } from './role.ts';

/** One line of the summary; also an entry of the document of `--json`. */
export type SummaryRow = {
  host: string;
  outcome: string;
  expected: string;
  packages: number;
  security: number;
  /** CVEs that the plan names; packages whose changelog could not be asked add none. */
  cves: number;
  reboots: number;
  seconds: number;
  /** How it is known that a restored host is as it was; null for the others. */
  proof: string | null;
  /** The HTML page. */
  report: string;
  link: string | null;
};

export function summaryRow(
  role: Role,
  report: Report,
  link: string | null,
  reportsDirectory: string,
): SummaryRow {
  const { plan, reboots, startedAt, endedAt, host, cycle, outcome } = report;
  const cves = new Set(plan?.rows.flatMap((row) => (row.cves === 'unknown' ? [] : row.cves)));
  return {
    host,
    outcome,
    expected: role.expected,
    packages: plan?.changeCount ?? 0,
    security: plan?.securityCount ?? 0,
    cves: cves.size,
    reboots: reboots.length,
    seconds: (Date.parse(endedAt) - Date.parse(startedAt)) / 1_000,
    proof: proofOf(report),
    report: join(reportsDirectory, `${host}-${cycle}.html`),
    link,
  };
}

function proofOf({ restore }: Report): string | null {
  if (restore === null) return null;
  const { exact, entriesCompared, differences } = restore;
  return exact
    ? `proven identical: ${entriesCompared} files and folders compared with the manifest, none differs`
    : `${differences.length} of ${entriesCompared} files and folders differ`;
}

export function asExpected(rows: readonly SummaryRow[]): boolean {
  return rows.every(({ outcome, expected }) => outcome === expected);
}

export function summaryText(rows: readonly SummaryRow[], look: Look): string {
  const { paint, symbols } = look;
  const cells = rows.map((row) => [
    row.outcome === row.expected ? paint('green', symbols.done) : paint('red', symbols.failed),
    row.host,
    // A restored host is what this audience came for.
    row.outcome === row.expected ? paint('green', row.outcome) : stateWord(row.outcome, look),
    ...[row.packages, row.security, row.cves, row.reboots].map(String),
    formatDuration(row.seconds * 1_000),
  ]);
  const headings = ['', 'HOST', 'OUTCOME', 'PACKAGES', 'SECURITY', 'CVES', 'REBOOTS', 'TIME'];
  const unexpected = rows.filter(({ outcome, expected }) => outcome !== expected);
  return [
    table(headings, cells, look),
    ...unexpected.map(({ host, outcome, expected }) =>
      paint('red', `${symbols.failed} ${host} ended as ${outcome}; it had to be ${expected}.`),
    ),
    ...rows.flatMap(({ host, proof }) => (proof === null ? [] : [`   ${host}: ${proof}`])),
    '',
    'Reports:',
    ...rows.map(({ report }) => `  ${report}`),
  ].join('\n');
}
