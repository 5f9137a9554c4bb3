import { resultOf } from '../../domain/check-result.ts';
import type { Check, LogFinding } from '../../domain/health.ts';
import type { Report } from '../../domain/report.ts';
import { formatDuration } from '../../domain/duration.ts';
import { detailOf, worstFirst } from '../checks.ts';
import { leftAsideNow } from '../figures.ts';
import { logVerdict } from '../logs.ts';
import { count } from '../text.ts';
import { status } from './icons.ts';
import { html, type Html } from './template.ts';

/** What the verification compared, and what the logs said. */
export function health(report: Report): Html | null {
  const { checks, restore, logs, reboots } = report;
  const parts = [
    checkTable('Checks after the change', checks),
    checkTable('Checks after the restore', restore?.checks ?? []),
    logFindings(logs),
    rebootList(reboots),
    leftAsideList(leftAsideNow(report)),
  ].filter((part) => part !== null);
  if (parts.length === 0) return null;
  return html`<section aria-labelledby="health">
    <h2 id="health">How the host is</h2>
    ${parts}
  </section>`;
}

const TONES = { failed: 'bad', unknown: 'warning', passed: 'good' } as const;

function checkTable(title: string, checks: readonly Check[]): Html | null {
  if (checks.length === 0) return null;
  return html`<h3>${title}</h3>
    <div class="scroll">
      <table class="checks stack">
        <thead>
          <tr>
            <th scope="col">Result</th>
            <th scope="col">What</th>
            <th scope="col">Found</th>
          </tr>
        </thead>
        <tbody>
          ${worstFirst(checks).map(
            (check) =>
              html`<tr>
                <td>${status(TONES[resultOf(check)], resultOf(check))}</td>
                <th scope="row">${check.name}</th>
                <td>${detailOf(check)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

function logFindings(logs: Report['logs']): Html | null {
  if (logs === null) return null;
  const { soakMs, linesRead, newKinds, passingKinds, knownKinds } = logs;
  return html`<h3>Logs after the change</h3>
    <p>
      ${logVerdict(logs)}
      <span class="soft"
        >${count(linesRead, 'line')} read, watched for ${formatDuration(soakMs)}.</span
      >
    </p>
    ${kindTable('New kinds of error', newKinds)}
    ${kindTable('New, but only while services restarted', passingKinds)}
    ${
      knownKinds.length === 0
        ? null
        : html`<details>
            <summary>
              ${count(knownKinds.length, 'kind')} of error that the host logged before as well
            </summary>
            ${kindTable('Known kinds of error', knownKinds)}
          </details>`
    }`;
}

function kindTable(title: string, kinds: readonly LogFinding[]): Html | null {
  if (kinds.length === 0) return null;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col" class="number">Times</th>
          <th scope="col">${title}: the first line</th>
          <th scope="col">Found in</th>
        </tr>
      </thead>
      <tbody>
        ${kinds.map(
          ({ count: times, firstLine, source }) =>
            html`<tr>
              <td class="number">${times}</td>
              <td class="mono">${firstLine}</td>
              <td>${source}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function rebootList(reboots: Report['reboots']): Html | null {
  if (reboots.length === 0) return null;
  return html`<h3>Reboots</h3>
    <ul>
      ${reboots.map(
        ({ purpose, reason, downMs }) =>
          html`<li>
            ${purpose === 'restore' ? 'After the restore' : 'After the update'}, down for
            ${downMs === null ? 'an unknown time' : formatDuration(downMs)}: ${reason.reason}
          </li>`,
      )}
    </ul>`;
}

function leftAsideList(paths: readonly string[]): Html | null {
  if (paths.length === 0) return null;
  return html`<h3>Configuration left aside</h3>
    <p>
      These packages brought a newer configuration file than the one that was changed on this host.
      The host’s own was kept; somebody should compare the two.
    </p>
    <ul>
      ${paths.map((path) => html`<li><code>${path}</code></li>`)}
    </ul>`;
}
