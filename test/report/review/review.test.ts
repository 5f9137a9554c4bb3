import { describe, expect, it } from '@jest/globals';
import { FindingKind, type Review } from '../../../src/domain/review.ts';
import { reviewHtml } from '../../../src/report/review/html.ts';
import { KINDS } from '../../../src/report/review/kinds.ts';
import { reviewMarkdown } from '../../../src/report/review/markdown.ts';
import { HOSTILE } from '../hostile.ts';

function reviewOf(text: string): Review {
  return {
    format: 1,
    at: '2026-11-28T02:00:00.000Z',
    requestedBy: text,
    hosts: 3,
    policies: 1,
    reportsStored: 2,
    counts: Object.fromEntries(FindingKind.options.map((kind) => [kind, 2])),
    findings: FindingKind.options.map((kind) => ({ kind, about: text, text })),
  };
}

describe('the review as a report', () => {
  it('heads each kind of finding and says what mends it; more than is listed is counted', () => {
    const review = reviewOf('web-1');
    const page = reviewHtml(review);
    const markdown = reviewMarkdown(review);
    for (const { title } of Object.values(KINDS)) {
      expect(page).toContain(title);
      expect(markdown).toContain(`## ${title} (2)`);
    }
    expect(page).toContain(`The fleet has ${2 * FindingKind.options.length} findings`);
    expect(page).toContain('And 1 more.');
    expect(markdown).toContain('- and 1 more');
  });

  it('says that a fleet is as it should be', () => {
    const review = { ...reviewOf('ada'), counts: {}, findings: [], reportsStored: 0 };
    expect(reviewHtml(review)).toContain('<h1>The fleet is as it should be</h1>');
    expect(reviewMarkdown(review)).toMatch(/^# The fleet is as it should be\n/);
  });

  it.each(Object.entries(HOSTILE))('shows %s and does not act on it', (_, text) => {
    const page = reviewHtml(reviewOf(text));
    expect(page).not.toMatch(/<(?:script|img|link|iframe)\b|<b>/i);
    expect(page.match(/<style>/g)).toHaveLength(1);
    expect(page).not.toMatch(/<[^>]* on(?:load|click)=/);
    const lines = reviewMarkdown(reviewOf(text)).split('\n');
    expect(lines.filter((line) => line.startsWith('## '))).toHaveLength(FindingKind.options.length);
    expect(lines.filter((line) => line.startsWith('# '))).toHaveLength(1);
  });
});
