import { formatDuration } from '../../domain/duration.ts';
import { isGood } from '../../domain/outcome.ts';
import type { Report } from '../../domain/report.ts';
import { plain, wrapped, type Look } from '../paint.ts';
import { count, stateWord } from './words.ts';

/** How a cycle ended, in a few lines; the report has everything. */
export function endingText(report: Report, link: string | null, look: Look): string {
  const { paint, symbols } = look;
  const good = isGood(report.outcome);
  const mark = good ? paint('green', symbols.done) : paint('red', symbols.failed);
  const took = formatDuration(Date.parse(report.endedAt) - Date.parse(report.startedAt));
  const failure = report.failures.at(-1);
  return [
    `${mark} ${paint('bold', report.host)} ${stateWord(report.outcome, look)} after ${took}`,
    wrapped(plain(report.explanation), look, '  '),
    report.reboots.length > 0 ? `  ${count(report.reboots.length, 'reboot')}` : '',
    !good && failure?.details ? wrapped(`Next: ${plain(failure.details.remedy)}`, look, '  ') : '',
    `  Report: patchcycle report ${report.host}`,
    link === null ? '' : `  ${link}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}
