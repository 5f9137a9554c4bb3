import type { ReviewSummary } from '../../client/index.ts';
import { grouped, KINDS, totalOf } from '../../report/review/kinds.ts';
import { plain, type Look } from '../paint.ts';
import { count } from './words.ts';

/** So many of one kind fit beside the others; the page has them all. */
const SHOWN_MAX = 10;

/** The findings by kind, gravest first, with what mends them. */
export function reviewText(review: ReviewSummary, look: Look): string {
  const { paint, symbols } = look;
  const total = totalOf(review);
  const heading =
    total === 0
      ? `${paint('green', symbols.done)} The fleet is as it should be: ${count(review.hosts, 'host')}.`
      : `${paint('yellow', symbols.warning)} ${count(total, 'finding')} about ${count(review.hosts, 'host')}`;
  return [
    heading,
    ...grouped(review).flatMap(({ kind, total: ofKind, findings }) => {
      const { title, tone, remedy } = KINDS[kind];
      const shown = findings.slice(0, SHOWN_MAX);
      const more = ofKind - shown.length;
      return [
        '',
        paint(tone === 'bad' ? 'red' : tone === 'warning' ? 'yellow' : 'bold', title),
        ...shown.map(({ about, text }) => `  ${paint('bold', plain(about))}: ${plain(text)}`),
        ...(more > 0 ? [`  and ${more} more`] : []),
        `  ${paint('dim', remedy)}`,
      ];
    }),
    '',
    ...(review.reportsStored === 0
      ? []
      : [`${count(review.reportsStored, 'report')} that only Temporal had: stored now.`]),
    `The whole review: ${plain(review.location)}`,
  ].join('\n');
}
