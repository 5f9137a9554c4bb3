import type { Report, StepRecord } from '../../domain/report.ts';
import { isWait, timeScale, type Bar } from '../time-scale.ts';
import { between, utc, utcClock, withUtc } from '../text.ts';
import { status } from './icons.ts';
import { Html, html } from './template.ts';

/** The steps in their order, each with a bar on one time line. */
export function timeline({ steps, startedAt, endedAt }: Report): Html | null {
  if (steps.length === 0) return null;
  const bars = timeScale(steps, endedAt);
  const oneDay = startedAt.slice(0, 10) === endedAt.slice(0, 10);
  const waits = steps.some(isWait);
  return html`<section aria-labelledby="timeline">
    <h2 id="timeline">Timeline</h2>
    <p class="note">
      ${oneDay ? `Times are of ${startedAt.slice(0, 10)} in UTC.` : 'Times are in UTC.'}
      ${waits ? 'Striped bars are waits for a person or for the maintenance window; long ones are drawn shorter.' : null}
    </p>
    <div class="scroll">
      <table class="timeline">
        <thead>
          <tr>
            <th scope="col">Began</th>
            <th scope="col">Step</th>
            <th scope="col" class="track"><span class="hidden">Picture</span></th>
            <th scope="col" class="number">Took</th>
            <th scope="col">What came of it</th>
          </tr>
        </thead>
        <tbody>
          ${steps.map((step, index) => row(step, bars[index] ?? { leftPercent: 0, widthPercent: 0 }, endedAt, oneDay))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row(record: StepRecord, bar: Bar, reportEndedAt: string, oneDay: boolean): Html {
  const { step, startedAt, endedAt, summary } = record;
  const skipped = record.status === 'skipped';
  return html`<tr${skipped ? new Html(' class="soft"') : null}>
<td class="mono nowrap">${oneDay ? utcClock(startedAt) : utc(startedAt).replace(' UTC', '')}</td>
<th scope="row" class="nowrap">${stepName(record)}</th>
<td class="track">${skipped ? null : picture(record, bar)}</td>
<td class="number">${skipped ? '–' : between(startedAt, endedAt ?? reportEndedAt)}</td>
<td>${summary === '' ? step : withUtc(summary)}</td>
</tr>
`;
}

function stepName({ step, status: state }: StepRecord): Html {
  if (state === 'failed')
    return html`<span class="bad">${status('bad', step)}<span class="hidden"> failed</span></span>`;
  if (state === 'running') return html`${step} <span class="soft">(still running)</span>`;
  return state === 'skipped' ? html`${step} <span class="soft">skipped</span>` : html`${step}`;
}

function picture(record: StepRecord, { leftPercent, widthPercent }: Bar): Html {
  const kind = record.status === 'failed' ? ' failed' : isWait(record) ? ' waited' : '';
  // Numbers that were computed here, so nothing of anybody else gets into the style.
  const place = `margin-left:${Math.min(leftPercent, 98).toFixed(2)}%;width:${widthPercent.toFixed(2)}%`;
  return new Html(
    `<span class="lane" aria-hidden="true"><span class="bar${kind}" style="${place}"></span></span>`,
  );
}
