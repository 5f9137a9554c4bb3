import { utc } from '../text.ts';
import { STYLE } from './style.ts';
import { html, Html } from './template.ts';

export type Page = {
  title: string;
  /** What it is, beside the product's name: `report`, `audit`. */
  kind: string;
  /** ISO 8601, UTC. */
  at: string;
  body: Html;
  /** A sentence at the foot. */
  foot: string;
};

/**
 * A whole page that needs nothing else: no script, no font, no request. Every text in it is
 * escaped. It is for a screen and for paper.
 */
export function page({ title, kind, at, body, foot }: Page): string {
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <main>
          <div class="masthead">
            <span><strong>patchcycle</strong> ${kind}</span><span>${utc(at)}</span>
          </div>
          ${body}
          <footer>
            <p>All times are in UTC. ${foot}</p>
          </footer>
        </main>
      </body>
    </html> `;
  return markup;
}
