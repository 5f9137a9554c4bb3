import type { Report } from '../domain/report.ts';
import { appendix } from './html/appendix.ts';
import { changes } from './html/changes.ts';
import { health } from './html/health.ts';
import { lead } from './html/lead.ts';
import { page } from './html/page.ts';
import { html } from './html/template.ts';
import { timeline } from './html/timeline.ts';
import { trouble } from './html/trouble.ts';
import { headlineOf } from './headline.ts';

/** The report as one page, which reads from the outcome to the details. */
export function renderHtml(report: Report): string {
  return page({
    title: headlineOf(report).sentence,
    kind: 'report',
    at: report.endedAt,
    body: html`${lead(report)} ${trouble(report)} ${changes(report)} ${health(report)}
    ${timeline(report)} ${appendix(report)}`,
    foot: `Written by patchcycle for the cycle ${report.cycle} of ${report.host}.`,
  });
}
