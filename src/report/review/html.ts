import type { Review } from '../../domain/review.ts';
import { status } from '../html/icons.ts';
import { page } from '../html/page.ts';
import { html } from '../html/template.ts';
import { count } from '../text.ts';
import { grouped, KINDS, totalOf } from './kinds.ts';
import { headingOf } from './markdown.ts';

/** The review as one page that needs nothing else, like a report. */
export function reviewHtml(review: Review): string {
  const { at, requestedBy, hosts, policies, reportsStored } = review;
  return page({
    title: headingOf(review),
    kind: 'policy review',
    at,
    body: html`<div class="lead ${totalOf(review) === 0 ? 'good' : 'warning'}">
        <h1>${headingOf(review)}</h1>
        <p class="explanation">
          ${count(hosts, 'host')} and ${count(policies, 'policy', 'policies')} were looked at.
          ${reportsStored === 0 ? null : `${count(reportsStored, 'report')} that only Temporal had: stored now.`}
        </p>
      </div>
      ${grouped(review).map(({ kind, total, findings }) => {
        const more = total - findings.length;
        const { title, tone, remedy } = KINDS[kind];
        return html`<section>
          <h2>${status(tone, title)}</h2>
          <p class="note">${count(total, 'finding')}. ${remedy}</p>
          <div class="scroll">
            <table>
              <tbody>
                ${findings.map(
                  ({ about, text }) =>
                    html`<tr>
                      <th scope="row" class="name">${about}</th>
                      <td>${text}</td>
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>
          ${more > 0 ? html`<p class="note">And ${more} more.</p>` : null}
        </section>`;
      })}`,
    foot: `Asked for by ${requestedBy}.`,
  });
}
