import { icon } from '../html/icons.ts';
import { page } from '../html/page.ts';
import { html, type Html } from '../html/template.ts';
import { count, utc, withUtc } from '../text.ts';
import type { Tone } from '../headline.ts';
import type { Audit } from './audit.ts';
import { changesOf } from './csv.ts';
import type { AuditEntry } from './entry.ts';

/** The audit as one page that needs nothing else, like a report. */
export function auditHtml(audit: Audit): string {
  const { since, host, madeAt, notes, entries } = audit;
  const title = `Patch cycles ${host === null ? 'of all hosts' : `of ${host}`} since ${utc(since)}`;
  const hosts = new Set(entries.map((entry) => entry.host)).size;
  return page({
    title,
    kind: 'audit',
    at: madeAt,
    body: html`<div class="lead ${notes.length > 0 ? 'warning' : 'quiet'}">
        <h1>${title}</h1>
        <p class="explanation">
          ${count(entries.length, 'cycle')} of ${count(hosts, 'host')}: ${outcomes(entries)}.
        </p>
        ${
          notes.length === 0
            ? null
            : html`<ul>
                ${notes.map((note) => html`<li>${note}</li>`)}
              </ul>`
        }
      </div>
      ${entries.map(cycleSection)}`,
    foot: `Cycles that began at ${utc(since)} or later. Stored reports: ${audit.store}.`,
  });
}

function outcomes(entries: readonly AuditEntry[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of entries) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, amount]) => `${amount} ${outcome}`).join(', ') || 'none';
}

function toneOf({ outcome }: AuditEntry): Tone {
  if (outcome === 'patched' || outcome === 'up-to-date') return 'good';
  if (['rejected', 'expired', 'aborted', 'running'].includes(outcome)) return 'quiet';
  return outcome === 'restored' || outcome === 'accepted-as-is' ? 'warning' : 'bad';
}

function cycleSection(entry: AuditEntry): Html {
  const { host, outcome, startedAt, endedAt, explanation, issues } = entry;
  const tone = toneOf(entry);
  return html`<section>
    <h2>${host} <span class="badge ${tone}">${icon(tone)}${outcome}</span></h2>
    <p class="note">${utc(startedAt)} to ${endedAt === null ? 'now' : utc(endedAt)}</p>
    <p>${explanation}</p>
    ${facts(entry)} ${list('Issues', issues)} ${list('Decisions', entry.decisions)}
    ${details(entry)}
  </section>`;
}

function facts(entry: AuditEntry): Html {
  const { policy, requestedBy, reason, approvedBy, changeCount, installed, cves } = entry;
  const rows: [label: string, value: string][] = [
    ['Policy', policy ?? 'not known'],
    ['Asked for by', [requestedBy ?? 'not known', reason].filter(Boolean).join(': ')],
    ['Approved by', approvedBy === null ? 'nobody' : withUtc(approvedBy)],
    [installed ? 'Installed' : 'Planned', count(changeCount, 'package')],
    [installed ? 'CVEs fixed' : 'CVEs it would fix', cvesText(entry, cves.length)],
    ['Run', `${entry.workflow.workflowId} ${entry.workflow.runId}`],
  ];
  return html`<dl class="facts">
    ${rows.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function cvesText({ cvesUnknown }: AuditEntry, known: number): string {
  return cvesUnknown === 0 ? String(known) : `${known}, and not known of ${cvesUnknown} packages`;
}

function list(title: string, texts: readonly string[]): Html | null {
  if (texts.length === 0) return null;
  return html`<h3>${title}</h3>
    <ul>
      ${texts.map((text) => html`<li>${withUtc(text)}</li>`)}
    </ul>`;
}

function details(entry: AuditEntry): Html | null {
  const removed = entry.removals.map((one) => `${one.package} ${one.version} is removed`);
  const changes = [...changesOf(entry), ...removed];
  if (changes.length === 0) return null;
  return html`<details>
    <summary>Changes and CVEs</summary>
    <ul>
      ${changes.map((change) => html`<li class="mono">${change}</li>`)}
    </ul>
    <p class="mono">${entry.cves.join(' ')}</p>
  </details>`;
}
