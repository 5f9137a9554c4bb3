import { describe, expect, it } from '@jest/globals';
import { Outcome } from '../../src/domain/outcome.ts';
import { renderHtml } from '../../src/report/html.ts';
import { STYLE } from '../../src/report/html/style.ts';
import { HOSTILE, reportFullOf } from './hostile.ts';
import {
  ACCEPTED,
  FAILED,
  LEFT_OUT,
  PATCHED,
  REJECTED,
  RESTORED,
  RESTORED_FOR_LOGS,
  SAMPLES,
  UP_TO_DATE,
} from './samples.ts';

/** The text that a reader sees, roughly: without markup. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(
      /&(amp|lt|gt|quot|#39);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '',
    )
    .replace(/\s+/g, ' ');
}

describe('the HTML report', () => {
  it('tells when a package comes for another architecture', () => {
    const [row] = PATCHED.plan?.rows ?? [];
    if (PATCHED.plan === null || row === undefined) throw new Error('the sample has no plan');
    const rows = [{ ...row, name: 'moved', oldArchitecture: 'noarch', architecture: 'x86_64' }];
    const text = textOf(renderHtml({ ...PATCHED, plan: { ...PATCHED.plan, rows } }));
    expect(text).toContain('moved noarch → x86_64');
  });

  it('has a sample of every outcome', () => {
    expect(
      Object.values(SAMPLES)
        .map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(Outcome.options.toSorted());
  });

  it.each(Object.entries(SAMPLES))(
    'of a cycle that ended as %s says so in its heading and title',
    (_, report) => {
      const page = renderHtml(report);
      const [, heading] = /<h1>(.*?)<\/h1>/.exec(page) ?? [];
      expect(heading).toContain(report.host);
      expect(page).toContain(`<title>${heading}</title>`);
    },
  );

  it.each(Object.entries(SAMPLES))(
    'of a cycle that ended as %s needs nothing from elsewhere and runs nothing',
    (_, report) => {
      const page = renderHtml(report);
      expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
      expect(page).not.toMatch(
        /<(?:script|link|img|iframe|object|embed|form|base|audio|video)\b|\ssrc=|\son\w+=|@import|url\(/i,
      );
      for (const [, target] of page.matchAll(/\shref="([^"]*)"/g)) {
        expect(target).toMatch(/^https:\/\/www\.cve\.org\/CVERecord\?id=CVE-\d{4}-\d{4,7}$/);
      }
    },
  );

  it('tells of a patched host what changed with its CVEs, who approved, and what is left to look at', () => {
    const text = textOf(renderHtml(PATCHED));
    expect(text).toContain('db-1 is patched: 24 packages updated, 20 of them for security.');
    expect(text).toMatch(/Approved by bob@example\.org 2026-11-24 19:12:40 UTC/);
    expect(text).toMatch(
      /openssl amd64 3\.0\.22-1~deb12u2 from 3\.0\.20-1~deb12u2 Security DSA-6113-1 CVE-2025-15467/,
    );
    expect(text).toMatch(/libsasl2-2 .{0,80}not known/);
    expect(text).toContain('/etc/nginx/nginx.conf.dpkg-dist');
    expect(text).toContain('CVEs fixed, as far as known');
    expect(text).toContain('smartd: Device "/dev/sdb" failed to read SMART values');
  });

  it('lists security updates before others', () => {
    const page = renderHtml(PATCHED);
    expect(page.indexOf('>xz-utils<')).toBeGreaterThan(0);
    expect(page.indexOf('>xz-utils<')).toBeLessThan(page.indexOf('>apt<'));
  });

  it('tells of a restored host what went wrong, and the proof that it is as it was', () => {
    const text = textOf(renderHtml(RESTORED));
    expect(text).toContain(
      'service shop: ran before the change and does not run now; it has failed',
    );
    expect(text).toContain('The host was put back exactly as it was. All 2,142 files');
    expect(text).toContain('What was installed, and taken back');
  });

  it('never says that a host was put back where it was not', () => {
    const text = textOf(renderHtml(ACCEPTED));
    expect(text).not.toContain('exactly as it was. All');
    expect(text).toContain('The host is not exactly as it was.');
    expect(text).toContain('/usr/bin/shop: content differs');
    expect(text).toContain(
      'carla@example.org accepted the host as it is: the shop is taken over by shop-2',
    );
    expect(text).toContain('Restore incomplete (2 times)');
  });

  it('tells of a rejected plan that nothing was changed, and what would be removed', () => {
    const text = textOf(renderHtml(REJECTED));
    expect(text).toContain('nothing was changed');
    expect(text).toContain('What would have changed');
    expect(text).toMatch(/To be removed libssl1\.1/);
    expect(text).not.toContain('CVEs fixed');
  });

  it('shows the command that failed and the end of what it said', () => {
    const page = renderHtml(FAILED);
    expect(textOf(page)).toContain(
      'apt-get -q update --error-on=any ended with exit code 100 and said:',
    );
    expect(page).toMatch(/<pre>W: GPG error.*\nE: The repository is not signed\.<\/pre>/);
  });

  it('does not ask who approved where there was nothing to approve', () => {
    expect(textOf(renderHtml(UP_TO_DATE))).not.toContain('Approved by');
  });

  it('does not call a host up to date whose plan had to leave something out', () => {
    const page = renderHtml(LEFT_OUT);
    expect(textOf(page)).toContain(
      'web-1 has nothing that can be installed now, and is not up to date: 1 newer version is left out.',
    );
    expect(textOf(page)).toMatch(
      /What was left alone Left out of the plan nginx 1\.22\.1-9\+deb12u11 needs libssl3 .* left alone: linux-image-amd64\./,
    );
    expect(page).toContain('class="lead warning"');
    expect(textOf(renderHtml(UP_TO_DATE))).toContain('there was nothing to install');
  });

  it('shows the kinds of error for which a host was put back, with counts and first lines', () => {
    const text = textOf(renderHtml(RESTORED_FOR_LOGS));
    expect(text).toContain('1 kind of error was logged that the host had not logged before.');
    expect(text).toMatch(
      /New kinds of error: the first line Found in 7 shop: cannot read the catalogue: no such table 'articles' the journal of shop\.service/,
    );
  });

  it('does not say that nothing new was logged where something new came while services restarted', () => {
    expect(textOf(renderHtml(RESTORED))).toContain(
      'After everything had started, no kind of error was logged that the host had not logged before. 1 new kind came only while services restarted, which does not count.',
    );
  });

  it('says that nothing is known of errors where not one line was read', () => {
    const logs = PATCHED.logs && { ...PATCHED.logs, linesRead: 0, passingKinds: [] };
    expect(textOf(renderHtml({ ...PATCHED, logs }))).toContain(
      'Not one line was read, so nothing is known of new errors.',
    );
  });

  it('counts what could not be checked neither as passed nor as failed', () => {
    const text = textOf(renderHtml(RESTORED_FOR_LOGS));
    expect(text).toContain('unknown services systemd does not run this host');
    expect(text).toContain('1 health check passed after the restore. 1 could not be made.');
    const reboot = { name: 'reboot pending', ok: true, detail: 'unknown: nobody could say' };
    const checks = [...PATCHED.checks.filter(({ name }) => name !== reboot.name), reboot];
    expect(textOf(renderHtml({ ...PATCHED, checks }))).toContain('6 of 7');
  });

  it('does not ask anybody to compare configuration that the restore took away', () => {
    expect(textOf(renderHtml(RESTORED_FOR_LOGS))).not.toContain('Configuration left aside');
    expect(textOf(renderHtml({ ...ACCEPTED, leftAside: ['/etc/x.dpkg-dist'] }))).toContain(
      'Configuration left aside',
    );
  });

  it('says that packages are left out of a long list', () => {
    const plan = PATCHED.plan && { ...PATCHED.plan, changeCount: 300 };
    expect(textOf(renderHtml({ ...PATCHED, plan }))).toContain('… and 276 more packages');
  });

  it('names the zone of its times', () => {
    expect(textOf(renderHtml(PATCHED))).toContain('Times are of 2026-11-24 in UTC.');
  });

  it('has headings in order, table heads with a scope, and pictures that are hidden from screen readers', () => {
    for (const report of Object.values(SAMPLES)) {
      const page = renderHtml(report);
      const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
      expect(levels[0]).toBe(1);
      for (const [index, level] of levels.entries()) {
        expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
      }
      expect(page).not.toMatch(/<th(?![^>]*scope=)[\s>]/);
      expect(page).not.toMatch(/<svg(?![^>]*aria-hidden="true")/);
      for (const [, id] of page.matchAll(/aria-labelledby="([^"]+)"/g))
        expect(page).toContain(`id="${id}"`);
    }
  });

  it('has the same tags for every text: nothing that is written in it becomes markup', () => {
    const tags = (page: string): string[] =>
      [...page.replace(STYLE, '').matchAll(/<\/?[a-z][a-z0-9]*/gi)].map(([tag]) => tag);
    const harmless = tags(renderHtml(reportFullOf('harmless')));
    for (const text of Object.values(HOSTILE)) {
      expect(tags(renderHtml(reportFullOf(text)))).toEqual(harmless);
    }
  });

  it.each(Object.entries(HOSTILE))('shows %s as what it is', (_, text) => {
    const page = renderHtml(reportFullOf(text)).replace(STYLE, '');
    expect(page).not.toMatch(/<script|<style>\*|\son(?:load|click)="/i);
    const unseen =
      // eslint-disable-next-line no-control-regex
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
    expect(page).not.toMatch(unseen);
  });

  it('cuts long texts and says how long they were', () => {
    const page = renderHtml(reportFullOf(HOSTILE['ten kilobytes'] ?? ''));
    expect(page).toContain('(10000 characters in all)');
    expect(page).not.toContain('x'.repeat(2_001));
  });
});
