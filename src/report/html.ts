import type { Report } from '../domain/report.ts';
import { appendix } from './html/appendix.ts';
import { changes } from './html/changes.ts';
import { health } from './html/health.ts';
import { lead } from './html/lead.ts';
import { STYLE } from './html/style.ts';
import { Html, html } from './html/template.ts';
import { timeline } from './html/timeline.ts';
import { trouble } from './html/trouble.ts';
import { headlineOf } from './headline.ts';
import { utc } from './text.ts';

/**
 * The report as one page that needs nothing else: no script, no font, no request. Every text in it
 * is escaped. It reads from the outcome to the details, on a screen and on paper.
 */
export function renderHtml(report: Report): string {
  const { sentence } = headlineOf(report);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>${sentence}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <div class="masthead">
            <span><strong>patchcycle</strong> report</span><span>${utc(report.endedAt)}</span>
          </div>
          ${lead(report)} ${trouble(report)} ${changes(report)} ${health(report)}
          ${timeline(report)} ${appendix(report)}
          <footer>
            <p>
              All times are in UTC. Written by patchcycle for the cycle ${report.cycle} of
              ${report.host}.
            </p>
          </footer>
        </main>
      </body>
    </html> `;
  return page.markup;
}
