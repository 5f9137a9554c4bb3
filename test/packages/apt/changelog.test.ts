import { describe, expect, it } from '@jest/globals';
import { fixedBetween, parseChangelog } from '../../../src/packages/apt/changelog.ts';
import { fixture } from './fixture.ts';

const entries = parseChangelog(fixture('debian-32.apt-get-changelog.stdout'));

describe('A changelog', () => {
  it('has an entry for each version', () => {
    expect(entries.map(({ version }) => version)).toEqual([
      '3.0.22-1~deb12u2',
      '3.0.22-1~deb12u1',
      '3.0.20-1~deb12u2',
      '3.0.20-1~deb12u1',
    ]);
  });

  it('tells what is fixed after the installed version', () => {
    const { cves } = fixedBetween(entries, '3.0.22-1~deb12u1', '3.0.22-1~deb12u2');
    expect(cves).toEqual([
      'CVE-2026-35189',
      'CVE-2026-54872',
      'CVE-2026-75805',
      'CVE-2026-75806',
      'CVE-2026-77696',
      'CVE-2026-84782',
    ]);
    const since = fixedBetween(entries, '3.0.20-1~deb12u2', '3.0.22-1~deb12u2').cves;
    expect(since).toHaveLength(12);
    // That one is fixed in what is installed already.
    expect(since).not.toContain('CVE-2026-7383');
  });

  it('tells nothing of versions beyond the planned one', () => {
    expect(fixedBetween(entries, '3.0.20-1~deb12u2', '3.0.22-1~deb12u1').cves).not.toContain(
      'CVE-2026-84782',
    );
  });

  it('names the notice where it has one, and each CVE once, in the order of their numbers', () => {
    const text = `web (1.2) stable-security; urgency=high\n\n  * DSA-1234-1: CVE-2026-10000, CVE-2026-9999\n  * CVE-2026-9999 again, CVE-20 and XCVE-2026-1 are none\n\nweb (1.1) stable; urgency=low\n`;
    expect(fixedBetween(parseChangelog(text), '1.1', '1.2')).toEqual({
      cves: ['CVE-2026-9999', 'CVE-2026-10000'],
      notice: 'DSA-1234-1',
      severity: 'high',
    });
  });

  it.each([
    ['emergency', 'critical'],
    ['critical', 'critical'],
    ['HIGH (security)', 'high'],
    ['medium', null],
    ['low', null],
  ])(
    'of the urgency %s tells the severity %s: only grave ones say anything',
    (urgency, severity) => {
      const text = `web (1.2) stable; urgency=${urgency}\n\nweb (1.1) stable; urgency=low\n`;
      expect(fixedBetween(parseChangelog(text), '1.0', '1.2').severity).toBe(severity);
    },
  );

  it('of another form has no entries', () => {
    expect(parseChangelog('Changes in 1.0:\n- CVE-2026-0001 fixed\n')).toEqual([]);
  });
});
