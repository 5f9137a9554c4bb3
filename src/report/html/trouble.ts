import type { FailedCommand } from '../../domain/failure.ts';
import type { Check } from '../../domain/health.ts';
import type { Report } from '../../domain/report.ts';
import { countOf } from '../checks.ts';
import { count, manyLines } from '../text.ts';
import {
  adviceLabel,
  distinctFailures,
  failureTitle,
  shortMessage,
  type RepeatedFailure,
} from '../failures.ts';
import { decisionList } from './decision-list.ts';
import { icon } from './icons.ts';
import { html, preformatted, type Html } from './template.ts';

/** What failed and what was done about it; nothing for a cycle in which nothing failed. */
export function trouble(report: Report): Html | null {
  const { failures, restore } = report;
  if (failures.length === 0 && restore === null) return null;
  return html`<section aria-labelledby="trouble">
    <h2 id="trouble">What went wrong, and what was done</h2>
    ${distinctFailures(report).map((repeated) => failureCard(repeated, adviceLabel(report)))}
    ${restore === null ? null : restoreProof(restore)} ${resolutions(report)}
  </section>`;
}

function failureCard({ failure, times }: RepeatedFailure, advice: string): Html {
  const { findings = [], command, remedy } = failure.details ?? {};
  return html`<div class="trouble bad">
    <h3>
      ${failureTitle(failure)}${times > 1 ? html` <span class="soft">(${times} times)</span>` : null}
    </h3>
    <p>${shortMessage(failure)}${findings.length > 0 ? ':' : '.'}</p>
    ${
      findings.length > 0
        ? html`<ul>
            ${findings.map((finding) => html`<li>${finding}</li>`)}
          </ul>`
        : null
    }
    ${remedy === undefined || remedy === '' ? null : html`<p><strong>${advice}:</strong> ${remedy}</p>`}
    ${command === undefined ? null : commandOutput(command)}
  </div>`;
}

function commandOutput({ argv, exitCode, stderrTail }: FailedCommand): Html {
  const ended =
    exitCode === null
      ? 'was ended by a signal or could not be started'
      : `ended with exit code ${exitCode}`;
  const said = stderrTail === '' ? '.' : ' and said:';
  return html`<p class="note"><code>${argv.join(' ')}</code> ${`${ended}${said}`}</p>
    ${stderrTail === '' ? null : html`<pre>${preformatted(manyLines(stderrTail))}</pre>`}`;
}

function restoreProof({
  exact,
  entriesCompared,
  differences,
  checks,
}: NonNullable<Report['restore']>): Html {
  const failed = checks.filter(({ ok }) => !ok);
  const good = exact && failed.length === 0;
  const compared = entriesCompared.toLocaleString('en');
  return html`<div class="proof ${good ? 'good' : 'bad'}">
    ${icon(good ? 'good' : 'bad')}
    <div>
      <p>
        <strong
          >${exact ? 'The host was put back exactly as it was.' : 'The host is not exactly as it was.'}</strong
        >
        ${
          exact
            ? `All ${compared} files, links and directories of the backup are identical in content, owner and rights.`
            : `Of ${compared} files, links and directories that were compared, ${count(differences.length, 'difference is', 'differences are')} left:`
        }
      </p>
      ${
        differences.length > 0
          ? html`<ul>
              ${differences.map((difference) => html`<li>${difference}</li>`)}
            </ul>`
          : null
      }
      ${
        failed.length > 0
          ? html`<ul>
              ${failed.map(({ name, detail }) => html`<li>${name}: ${detail}</li>`)}
            </ul>`
          : null
      }
      ${good && checks.length > 0 ? html`<p class="note">${checksPassed(checks)}</p>` : null}
    </div>
  </div>`;
}

function checksPassed(checks: readonly Check[]): string {
  const unknown = countOf(checks, 'unknown');
  const left = unknown === 0 ? '' : ` ${unknown} could not be made.`;
  return `${count(countOf(checks, 'passed'), 'health check')} passed after the restore.${left}`;
}

function resolutions({ decisions }: Report): Html | null {
  const taken = decisions.filter(({ decision }) => decision.kind === 'resolve');
  if (taken.length === 0) return null;
  return html`<h3>Decided by people</h3>
    ${decisionList(taken)}`;
}
