import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/planning/config.ts';
import {
  plannedReview,
  reviewChange,
  type PlannedReview,
} from '../../src/planning/review-schedule.ts';

function planned(review: string, hosts = 'web-1'): PlannedReview | null {
  const text = `${review}\npolicies: { p: {} }\nhosts: { ${hosts}: { policy: p } }\n`;
  const parsed = parseConfig(text, 'patchcycle.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return plannedReview(parsed.config);
}

const RULE = 'review: { schedule: { rrule: FREQ=WEEKLY;BYDAY=MO, start: "07:00", timeZone: UTC } }';

describe('the schedule of the review', () => {
  it('is none where the file asks for none, and is removed where there was one', () => {
    expect(planned('')).toBeNull();
    expect(reviewChange(null, null)).toBeNull();
    expect(reviewChange(null, planned(RULE))).toMatchObject({ kind: 'remove', planned: null });
  });

  it('is made, told in words, and then kept as it is', () => {
    const wanted = planned(RULE);
    expect(reviewChange(wanted, null)).toMatchObject({
      kind: 'create',
      details: ['starts FREQ=WEEKLY;BYDAY=MO 07:00, UTC', 'reviews 1 hosts and 1 policies'],
    });
    expect(reviewChange(wanted, planned(RULE))).toMatchObject({ kind: 'keep', details: [] });
  });

  it('is changed when its time, its hosts or what somebody made of it differ', () => {
    const later = planned(RULE.replace('07:00', '08:00'));
    expect(reviewChange(later, planned(RULE))).toMatchObject({
      kind: 'change',
      details: ['starts: FREQ=WEEKLY;BYDAY=MO 08:00 instead of FREQ=WEEKLY;BYDAY=MO 07:00'],
    });
    expect(reviewChange(planned(RULE, 'web-2'), planned(RULE))).toMatchObject({
      details: ['reviews the hosts and policies of this file'],
    });
    const found = planned(RULE);
    if (found === null) throw new Error('nothing was planned');
    expect(reviewChange(planned(RULE), { ...found, times: '2' })).toMatchObject({
      details: ['starts at the times that its rule says'],
    });
  });
});
