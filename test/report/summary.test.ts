import { describe, expect, it } from '@jest/globals';
import { summarizeReport } from '../../src/report/summary.ts';
import { HOSTILE, reportFullOf } from './hostile.ts';
import { ACCEPTED, FAILED, LEFT_OUT, PATCHED, RESTORED, SAMPLES } from './samples.ts';

describe('the summary of a report', () => {
  it('says of a patched host what a person wants to know', () => {
    expect(summarizeReport(PATCHED)).toEqual([
      'db-1 is patched: 24 packages updated, 20 of them for security.',
      '21 CVEs fixed, as far as known.',
      'Approved by bob@example.org at 2026-11-24 19:12:40 UTC.',
      '1 reboot, down for 2.1s.',
      'Configuration left aside: /etc/nginx/nginx.conf.dpkg-dist.',
      'Took 1h 18m. Policy critical, asked for by ann.lee@example.org.',
    ]);
  });

  it('says of a restored host what went wrong and that it is as it was', () => {
    const lines = summarizeReport(RESTORED);
    expect(lines).toContain(
      '- service shop: ran before the change and does not run now; it has failed',
    );
    expect(lines).toContain('Proven: all 2142 files, links and directories are as they were.');
  });

  it('says loudly that a host is not as it was', () => {
    expect(summarizeReport(ACCEPTED)).toContain(
      'NOT as it was: 2 differences in 2142 files, links and directories.',
    );
  });

  it('says what was left out and what is not known', () => {
    expect(summarizeReport(LEFT_OUT)).toContainEqual(
      expect.stringMatching(/^Left out: nginx 1\.22\.1-9\+deb12u11 needs libssl3/),
    );
    const check = { name: 'logs', ok: true, detail: 'unknown: not one line was read' };
    expect(summarizeReport({ ...PATCHED, checks: [...PATCHED.checks, check] })).toContain(
      'Not known: logs: not one line was read.',
    );
  });

  it('says what to do when nothing was changed', () => {
    expect(summarizeReport(FAILED)).toContainEqual(
      expect.stringMatching(/^What to do: Look whether the key/),
    );
  });

  it.each(Object.entries(SAMPLES))(
    'of a cycle that ended as %s begins with a sentence about the host',
    (_, report) => {
      expect(summarizeReport(report)[0]).toMatch(new RegExp(`^${report.host} .+\\.$`));
    },
  );

  it('has short lines without control characters, whatever the report holds', () => {
    for (const text of Object.values(HOSTILE)) {
      for (const line of summarizeReport(reportFullOf(text))) {
        // eslint-disable-next-line no-control-regex
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(line.length).toBeLessThan(600);
      }
    }
  });
});
