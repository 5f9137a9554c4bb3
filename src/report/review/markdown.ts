import type { Review } from '../../domain/review.ts';
import { list, plain } from '../markdown-text.ts';
import { count, utc } from '../text.ts';
import { grouped, KINDS, totalOf } from './kinds.ts';

/** The review as Markdown, for tickets and chats. Every text of others is escaped. */
export function reviewMarkdown(review: Review): string {
  const { at, requestedBy, hosts, policies, reportsStored } = review;
  const parts = [
    `# ${headingOf(review)}`,
    `${count(hosts, 'host')}, ${count(policies, 'policy', 'policies')}; ${utc(at)}, asked for by ${plain(requestedBy)}.`,
    ...(reportsStored === 0
      ? []
      : [
          `${count(reportsStored, 'report')} that only Temporal had ${reportsStored === 1 ? 'is' : 'are'} stored now.`,
        ]),
    ...grouped(review).map(({ kind, total, findings }) => {
      const more = total - findings.length;
      const lines = findings.map(({ about, text }) => `**${plain(about)}**: ${plain(text)}`);
      return [
        `## ${KINDS[kind].title} (${total})`,
        list([...lines, ...(more > 0 ? [`and ${more} more`] : [])]),
        plain(KINDS[kind].remedy),
      ].join('\n\n');
    }),
  ];
  return `${parts.join('\n\n')}\n`;
}

export function headingOf(review: Pick<Review, 'counts'>): string {
  const total = totalOf(review);
  return total === 0 ? 'The fleet is as it should be' : `The fleet has ${count(total, 'finding')}`;
}
