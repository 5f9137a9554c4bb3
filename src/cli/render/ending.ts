import { formatDuration } from '../../domain/duration.ts';
import { isGood } from '../../domain/outcome.ts';
import type { Report } from '../../domain/report.ts';
import { summarizeReport } from '../../report/summary.ts';
import { plain, wrapped, type Look } from '../paint.ts';
import { stateWord } from './words.ts';

/** How a cycle ended, in a few lines; the report has everything. */
export function endingText(report: Report, link: string | null, look: Look): string {
  const { paint, symbols } = look;
  const good = isGood(report.outcome);
  const mark = good ? paint('green', symbols.done) : paint('red', symbols.failed);
  const took = formatDuration(Date.parse(report.endedAt) - Date.parse(report.startedAt));
  return [
    `${mark} ${paint('bold', report.host)} ${stateWord(report.outcome, look)} after ${took}`,
    ...summarizeReport(report).map((line) => wrapped(line, look, '  ')),
    ...nextSteps(report).map((line) => wrapped(line, look, '  ')),
    `  Report: patchcycle report ${report.host}`,
    ...(link === null ? [] : [`  ${link}`]),
  ].join('\n');
}

/** What the last failure asks for; the summary itself tells it after a cycle that failed. */
function nextSteps({ outcome, failures }: Report): string[] {
  const remedy = failures.at(-1)?.details?.remedy;
  if (isGood(outcome) || outcome === 'failed' || remedy === undefined) return [];
  return [`Next: ${plain(remedy)}`];
}
