import { describe, expect, it } from '@jest/globals';
import { bulletinDocument, bulletinSubject, bulletinText } from '../../src/report/bulletin.ts';
import { alikeNotices, bulletinOf } from '../activities/support/bulletin.ts';

const linkTo = (target: { runId: string } | { state: string }) =>
  'state' in target ? `https://ui/?state=${target.state}` : `https://ui/${target.runId}`;
const names = Array.from({ length: 20 }, (_, index) => `web-${index + 1}`);

describe('a message about one host', () => {
  it('has the plan, the exact command and the link', () => {
    const bulletin = bulletinOf(alikeNotices(['web-1']));
    expect(bulletinSubject(bulletin)).toBe('web-1 waits for approval');
    expect(bulletinText(bulletin, linkTo)).toBe(
      [
        'web-1 waits for approval',
        '  1 packages, 1 of them security',
        '  openssl 1.0 → 1.1 (security)',
        'To move it on:',
        '  patchcycle approve web-1 --digest dddddddddddddddd',
        'https://ui/run-of-web-1',
      ].join('\n'),
    );
  });
});

describe('a message about five hundred hosts that are alike', () => {
  const bulletin = bulletinOf(alikeNotices(names, 500));

  it('names some, counts all, and has the one command for all of them', () => {
    expect(bulletinSubject(bulletin)).toBe('500 hosts wait for approval of the same changes');
    const text = bulletinText(bulletin, linkTo);
    expect(text).toContain('web-20 and 480 more');
    expect(text).toContain('patchcycle rollout approve november --changes cccccccccccccccc');
    expect(text).toContain('https://ui/?state=awaiting-approval');
    expect(text.split('\n').length).toBeLessThan(25);
  });
});

describe('a message that is too long for its channel', () => {
  const long = (length: number) => {
    const group = alikeNotices(names, 500);
    group.notice.lines = Array.from({ length: 12 }, (_, line) => `${line}: `.padEnd(length, 'x'));
    return bulletinOf(group);
  };

  it.each([500, 200])(
    'loses of what it explains (12 lines of %s characters), and never what to do and where',
    (length) => {
      const text = bulletinText(long(length), linkTo, 2_000);
      expect(text.length).toBeLessThanOrEqual(2_000);
      expect(text).toContain('500 hosts wait for approval');
      expect(text).toContain('patchcycle rollout approve november --changes cccccccccccccccc');
      expect(text).toContain('patchcycle approve web-10 --digest dddddddddddddddd');
      expect(text).toContain('…');
      expect(text).toMatch(/https:\/\/ui\/\?state=awaiting-approval$/);
    },
  );

  it('ends with a whole line and a mark where even that does not fit', () => {
    const bulletin = bulletinOf(...names.map((name) => alikeNotices([name])));
    const text = bulletinText(bulletin, linkTo, 1_000);
    const lines = text.split('\n');
    expect(text.length).toBeLessThanOrEqual(1_000);
    expect(lines.pop()).toBe('…');
    const whole = [...bulletinText(bulletin, linkTo).split('\n'), '  …'];
    expect(whole).toEqual(expect.arrayContaining(lines));
  });
});

describe('a message about several things', () => {
  it('says how many, and of each what matters', () => {
    const bulletin = { ...bulletinOf(alikeNotices(['web-1']), alikeNotices(['db-1'])), unnamed: 7 };
    expect(bulletinSubject(bulletin)).toBe(
      '9 notices: web-1 waits for approval; db-1 waits for approval',
    );
    expect(bulletinText(bulletin, () => null)).toContain('7 more notices found no room here.');
  });

  it('is a document for programs', () => {
    expect(bulletinDocument(bulletinOf(alikeNotices(['web-1'])), linkTo)).toMatchObject({
      format: 1,
      id: expect.any(String),
      notices: [
        {
          kind: 'approval-needed',
          count: 1,
          about: ['web-1'],
          commands: ['patchcycle approve web-1 --digest dddddddddddddddd'],
          link: 'https://ui/run-of-web-1',
        },
      ],
    });
  });
});
