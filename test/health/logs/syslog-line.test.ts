import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parseSyslogLine } from '../../../src/health/logs/syslog-line.ts';

const settings = {
  path: '/var/log/syslog',
  hostName: 'web-1',
  nowMs: new Date(2026, 10, 24, 12).getTime(),
};

describe('a line of a text log', () => {
  it.each([
    [
      'the traditional format',
      'Nov 24 11:36:01 web-1 sshd[12]: error: it broke',
      'sshd',
      'error: it broke',
    ],
    ['a day of one digit', 'Nov  4 11:36:01 web-1 cron[1]: x', 'cron', 'x'],
    [
      'the ISO format',
      '2026-11-24T11:36:01.123456+00:00 web-1 nginx: it: broke',
      'nginx',
      'it: broke',
    ],
    ['a host name with its domain', '2026-11-24T11:36:01Z web-1.example.org app[9]: x', 'app', 'x'],
    ['localhost', 'Nov 24 11:36:01 localhost app[9]: x', 'app', 'x'],
    [
      "the kernel's clock",
      'Nov 24 11:36:01 web-1 kernel: [ 1234.567890] it broke',
      'kernel',
      'it broke',
    ],
  ])('is parsed in %s', (_, line, program, message) => {
    expect(parseSyslogLine(line, settings)).toMatchObject({
      program,
      message,
      source: '/var/log/syslog',
      priority: null,
    });
  });

  it('of another host is left out', () => {
    expect(parseSyslogLine('Nov 24 11:36:01 db-1 app[9]: error: it broke', settings)).toBeNull();
  });

  it('of no known format is taken whole', () => {
    expect(parseSyslogLine('error: it broke', settings)).toMatchObject({
      program: '',
      message: 'error: it broke',
      atMs: null,
    });
  });

  it('gives its time; without a year it is of the last twelve months', () => {
    const time = (line: string): number | null | undefined => parseSyslogLine(line, settings)?.atMs;
    expect(time('2026-11-24T11:36:01+01:00 web-1 a: x')).toBe(Date.parse('2026-11-24T10:36:01Z'));
    expect(time('Nov 24 11:36:01 web-1 a: x')).toBe(new Date(2026, 10, 24, 11, 36, 1).getTime());
    expect(time('Dec 31 23:00:00 web-1 a: x')).toBe(new Date(2025, 11, 31, 23).getTime());
  });

  it('is parsed in every line of a real log', async () => {
    const text = await readFile(
      new URL('../fixtures/debian-12.var-log-syslog.stdout', import.meta.url),
      'utf8',
    );
    for (const line of text.trim().split('\n')) {
      const parsed = parseSyslogLine(line, { ...settings, hostName: 'log-1' });
      expect(parsed?.program).toMatch(/^[a-z\d-]+$/i);
      expect(parsed?.atMs).toBeGreaterThan(0);
    }
  });
});
