import { describe, expect, it } from '@jest/globals';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { fenced, plain } from '../../src/report/markdown-text.ts';
import { HOSTILE, reportFullOf } from './hostile.ts';
import {
  ACCEPTED,
  FAILED,
  LEFT_OUT,
  PATCHED,
  RESTORED,
  RESTORED_FOR_LOGS,
  SAMPLES,
} from './samples.ts';

describe('the Markdown report', () => {
  it.each(Object.entries(SAMPLES))(
    'of a cycle that ended as %s has one heading of the first level and whole tables',
    (_, report) => {
      const markdown = renderMarkdown(report);
      expect(markdown.match(/^# /gm)).toHaveLength(1);
      for (const table of markdown.split('\n\n').filter((block) => block.startsWith('|'))) {
        const widths = table.split('\n').map((line) => line.match(/(?<!\\)\|/g)?.length);
        expect(new Set(widths).size).toBe(1);
      }
    },
  );

  it('tells what changed, security first', () => {
    const markdown = renderMarkdown(PATCHED);
    expect(markdown).toContain(
      '| libssh2-1 (amd64) | 1.10.0-3+b1 | 1.10.0-3+deb12u1 | **security** | CVE-2023-48795 |',
    );
    expect(markdown).toContain(
      '| libpcre2-8-0 (amd64) | 10.42-1 | 10.42-1+deb12u2 | **security** | not known |',
    );
    expect(markdown.indexOf('| xz-utils')).toBeLessThan(markdown.indexOf('| apt '));
  });

  it('tells when a package comes for another architecture', () => {
    const [row] = PATCHED.plan?.rows ?? [];
    if (PATCHED.plan === null || row === undefined) throw new Error('the sample has no plan');
    const rows = [{ ...row, name: 'moved', oldArchitecture: 'noarch', architecture: 'x86_64' }];
    const markdown = renderMarkdown({ ...PATCHED, plan: { ...PATCHED.plan, rows } });
    expect(markdown).toContain('| moved (noarch → x86\\_64) |');
  });

  it('tells what failed, what was done, and whether the host is as it was', () => {
    expect(renderMarkdown(RESTORED)).toContain('**The host was put back exactly as it was**');
    expect(renderMarkdown(ACCEPTED)).toContain('**The host is not exactly as it was**');
    expect(renderMarkdown(ACCEPTED)).not.toContain('put back exactly');
    expect(renderMarkdown(FAILED)).toContain('```text\nW: GPG error');
  });

  it('tells what was left out, what is not known, and what the logs said', () => {
    expect(renderMarkdown(LEFT_OUT)).toContain(
      '## What was left alone\n\n- Left out: nginx 1.22.1-9+deb12u11 needs libssl3',
    );
    const restored = renderMarkdown(RESTORED_FOR_LOGS);
    expect(restored).toContain('| **unknown** | services | systemd does not run this host');
    expect(restored).toContain("| 7 | shop: cannot read the catalogue: no such table 'articles' |");
    expect(restored).not.toContain('Configuration left aside');
  });

  it.each(Object.entries(HOSTILE))('keeps its shape with %s in every text', (_, text) => {
    const shape = (markdown: string): string[] =>
      markdown.split('\n').map((line) => /^(#{1,6} |\| |- |```|$)/.exec(line)?.[0] ?? 'text');
    // Only the fenced output has as many lines as it has.
    const withoutFence = (markdown: string): string =>
      markdown.replace(/^(`{3,})text\n[^]*?\n\1$/m, '');
    expect(shape(withoutFence(renderMarkdown(reportFullOf(text))))).toEqual(
      shape(withoutFence(renderMarkdown(reportFullOf('harmless')))),
    );
  });
});

describe('a text inside of Markdown', () => {
  it.each([
    ['**bold** _it_ `code`', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\`'],
    ['[a](http://b) <b>', '\\[a\\](http://b) \\<b\\>'],
    ['a | b', 'a \\| b'],
    ['# head', '\\# head'],
    ['- item', '\\- item'],
    ['1. item', '1\\. item'],
    ['1.0.9-2+b6', '1.0.9-2+b6'],
    ['a\\', 'a\\\\'],
    ['two\nlines', 'two lines'],
  ])('%j is written %j', (text, markdown) => {
    expect(plain(text)).toBe(markdown);
  });

  it('in a fence cannot end the fence', () => {
    expect(fenced('a\n```\nb')).toBe('````text\na\n```\nb\n````');
  });
});
