import type { Report } from '../../domain/report.ts';
import { bytes, count, utc } from '../text.ts';
import { formatDuration } from '../../domain/duration.ts';
import { decisionList } from './decision-list.ts';
import { html, type Html } from './template.ts';

/** Decisions, what was observed of the host, and every command: for those who want to know exactly. */
export function appendix(report: Report): Html {
  return html`<section aria-labelledby="record">
    <h2 id="record">For the record</h2>
    ${decisions(report)} ${observations(report)} ${identities(report)} ${commands(report)}
  </section>`;
}

function decisions({ decisions: taken, refused, refusedCount }: Report): Html | null {
  if (taken.length === 0 && refusedCount === 0) return null;
  return html`<h3>Decisions</h3>
    ${taken.length === 0 ? null : decisionList(taken)}
    ${
      refusedCount === 0
        ? null
        : html`<details>
            <summary>${count(refusedCount, 'message')} refused</summary>
            <ul>
              ${refused.map(
                ({ at, kind, by, why }) =>
                  html`<li>${utc(at)}: ${kind} by ${by ?? 'nobody named'}: ${why}</li>`,
              )}
            </ul>
          </details>`
    }`;
}

function observations({ facts }: Report): Html | null {
  if (facts === null || facts.findings.length === 0) return null;
  return html`<h3>Noted about the host beforehand</h3>
    <ul>
      ${facts.findings.map((finding) => html`<li>${finding}</li>`)}
    </ul>`;
}

function identities({ cycle, workflow, plan, backup, facts }: Report): Html {
  const rows: [string, string][] = [
    ['Patch cycle', cycle],
    [
      'Workflow',
      `${workflow.workflowId} in namespace ${workflow.namespace}, run ${workflow.runId}`,
    ],
    ...(plan === null ? [] : ([['Plan digest', plan.digest]] as [string, string][])),
    ...(backup === null
      ? []
      : ([
          ['Backup', `${backup.directory} (${bytes(backup.archiveBytes)})`],
          ['Backup archive’s SHA-256', backup.archiveSha256],
        ] as [string, string][])),
    ...(facts === null ? [] : ([['Agent', `version ${facts.agentVersion}`]] as [string, string][])),
  ];
  return html`<h3>Identities</h3>
    <div class="scroll">
      <table>
        <tbody>
          ${rows.map(
            ([label, value]) =>
              html`<tr>
                <th scope="row" class="nowrap">${label}</th>
                <td class="mono">${value}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

function commands({ commands: run, commandCount }: Report): Html | null {
  if (commandCount === 0) return null;
  const left = commandCount - run.length;
  return html`<details>
    <summary>${count(commandCount, 'command')} run on the host</summary>
    ${left > 0 ? html`<p class="note">The last ${run.length} are listed; all are in commands.jsonl on the host.</p>` : null}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Time (UTC)</th>
            <th scope="col">Step</th>
            <th scope="col">Command</th>
            <th scope="col" class="number">Exit code</th>
            <th scope="col" class="number">Took</th>
          </tr>
        </thead>
        <tbody>
          ${run.map(
            ({ at, step, argv, exitCode, durationMs }) =>
              html`<tr>
                <td class="mono nowrap">${utc(at).replace(' UTC', '')}</td>
                <td class="nowrap">${step}</td>
                <td class="mono">${argv.join(' ')}</td>
                <td class="number">${exitCode ?? 'none'}</td>
                <td class="number">${formatDuration(durationMs)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
