import type { ChangeRow, PlanOverview } from '../../domain/plan.ts';
import type { Report } from '../../domain/report.ts';
import { changesTitle, leftOutOf, rowsSecurityFirst } from '../figures.ts';
import { bytes, count } from '../text.ts';
import { html, type Html } from './template.ts';

/** A register of the CVE programme itself, which knows every CVE whatever the distribution. */
const CVE_PAGE = 'https://www.cve.org/CVERecord?id=';

/** What changed, or what the plan would have changed. */
export function changes(report: Report): Html | null {
  const { plan } = report;
  if (plan === null) return null;
  if (plan.changeCount + plan.removalCount === 0) return leftAlone(report, plan);
  const left = plan.changeCount - plan.rows.length;
  return html`<section aria-labelledby="changes">
    <h2 id="changes">${changesTitle(report)}</h2>
    <p class="note">${introduction(plan)}</p>
    <div class="scroll">
      <table class="stack">
        <thead>
          <tr>
            <th scope="col">Package</th>
            <th scope="col">Version</th>
            <th scope="col">Kind</th>
            <th scope="col">What it fixes</th>
          </tr>
        </thead>
        <tbody>
          ${rowsSecurityFirst(plan).map(row)}
        </tbody>
      </table>
    </div>
    ${left > 0 ? html`<p class="note">… and ${count(left, 'more package', 'more packages')}, listed in the plan on the host.</p>` : null}
    ${removals(plan)} ${leftOutList(plan)} ${heldNote(plan)}
  </section>`;
}

/** A host with nothing to install may still lack something: that is what its plan left alone. */
function leftAlone(report: Report, plan: PlanOverview): Html | null {
  if (plan.held.length + leftOutOf(plan).length === 0) return null;
  return html`<section aria-labelledby="changes">
    <h2 id="changes">${changesTitle(report)}</h2>
    ${leftOutList(plan)} ${heldNote(plan)}
  </section>`;
}

function leftOutList(plan: PlanOverview): Html | null {
  const sentences = leftOutOf(plan);
  if (sentences.length === 0) return null;
  return html`<h3>Left out of the plan</h3>
    <ul>
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>`;
}

function heldNote({ held }: PlanOverview): Html | null {
  return held.length === 0
    ? null
    : html`<p class="note">
        Held back on this host and therefore left alone: ${held.join(', ')}.
      </p>`;
}

function introduction({ changeCount, downloadBytes, digest }: PlanOverview): string {
  return `${count(changeCount, 'package')}, ${bytes(downloadBytes)} of archives. Plan ${digest.slice(0, 12)}.`;
}

function row(change: ChangeRow): Html {
  const { name, oldVersion, newVersion, security, cves, advisory, origin } = change;
  const architecture = architectureOf(change);
  return html`<tr>
    <th scope="row" class="package">${name}<small class="mono">${architecture}</small></th>
    <td class="mono version">
      ${newVersion}<small>${oldVersion === null ? 'newly installed' : `from ${oldVersion}`}</small>
    </td>
    <td>
      ${
        security
          ? html`<span class="tag good" title="${origin}">Security</span>`
          : html`<span class="tag quiet" title="${origin}">Update</span>`
      }
    </td>
    <td>${fixes(cves, advisory)}</td>
  </tr> `;
}

function architectureOf({ architecture, oldArchitecture }: ChangeRow): string {
  return oldArchitecture === undefined ? architecture : `${oldArchitecture} → ${architecture}`;
}

function fixes(cves: ChangeRow['cves'], advisory: string | null): Html {
  const notice = advisory === null ? null : html`<strong class="nowrap">${advisory}</strong>`;
  return html`<div class="cves">${notice}${cveLinks(cves, advisory !== null)}</div>`;
}

function cveLinks(cves: ChangeRow['cves'], hasNotice: boolean): Html | Html[] | null {
  if (cves === 'unknown') return html`<span class="soft">not known</span>`;
  if (cves.length === 0) return hasNotice ? null : html`<span class="soft">no CVE named</span>`;
  return cves.map((cve) => html`<a href="${CVE_PAGE}${cve}" rel="noreferrer noopener">${cve}</a>`);
}

function removals({ removals: rows, removalCount }: PlanOverview): Html | null {
  if (removalCount === 0) return null;
  const left = removalCount - rows.length;
  return html`<h3>To be removed</h3>
    <ul>
      ${rows.map(
        ({ name, architecture, oldVersion }) =>
          html`<li>
            <strong>${name}</strong> <span class="soft mono">${architecture} ${oldVersion}</span>
          </li>`,
      )}
      ${left > 0 ? html`<li>and ${left} more</li>` : null}
    </ul>`;
}
