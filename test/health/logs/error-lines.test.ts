import { describe, expect, it } from '@jest/globals';
import { judgeLine, saysError, ROUGH_ERROR_PATTERN } from '../../../src/health/logs/error-lines.ts';
import type { LogLine } from '../../../src/health/logs/line.ts';
import { isNoise } from '../../../src/health/logs/noise.ts';

function line(message: string, more: Partial<LogLine> = {}): LogLine {
  return {
    atMs: null,
    program: 'app',
    message,
    source: 'the journal of app.service',
    priority: null,
    aboutLogin: false,
    ...more,
  };
}

/** Lines as services print them, without any stated urgency. */
const ERRORS = [
  'error: could not open the database',
  'ERROR 2026-11-24 worker 3 lost',
  'Failed to bind to port 8080',
  'Connection failed',
  'FATAL: password file is missing',
  'panic: runtime error: index out of range',
  'Traceback (most recent call last):',
  'ValueError: invalid literal for int()',
  'Exception in thread "main" java.lang.NullPointerException: x',
  'java.io.IOException: Broken pipe',
  '2026/11/24 18:36:01 [emerg] 12#12: bind() to 0.0.0.0:80',
  'level=error msg="no route"',
  '{"level":"error","msg":"no route"}',
  'severity: CRITICAL disk is full',
  'E: The package cache is broken',
  'permission denied',
  'data corruption detected in page 4',
  'unable to resolve host db-1',
  'app: symbol lookup error: /usr/lib/libssl.so.3: undefined symbol: x',
  'python3: error while loading shared libraries: libfoo.so.1',
  '3 errors, 0 warnings',
  'no errors in phase 1, but 2 failures in phase 2',
];

const NO_ERRORS = [
  'started',
  '0 errors, 0 warnings',
  'finished without errors',
  'no error was found',
  'errors=0 failed=0',
  'errors: none',
  '{"level":"info","error":null}',
  'level=info msg="retrying after error"',
  '[info] error pages are loaded',
  'INFO error handler installed',
  'opening /var/log/nginx/error.log',
  'error_log is set to stderr',
  'Restart=on-failure is set',
  'failover to db-2 is configured',
  'error-free since yesterday',
  'fail2ban started',
  'Loaded template 404-error.html',
  'mail to errors@example.org sent',
];

describe('a line without a stated urgency', () => {
  it.each(ERRORS)('tells of an error: %s', (message) => {
    expect(saysError(message)).toBe(true);
  });

  it.each(NO_ERRORS)('tells of none: %s', (message) => {
    expect(saysError(message)).toBe(false);
  });

  it.each(ERRORS)("is found by journalctl's own search: %s", (message) => {
    expect(message).toMatch(new RegExp(ROUGH_ERROR_PATTERN, 'i'));
  });
});

describe('a line with a stated urgency', () => {
  it('is an error from "err" on, whatever its words', () => {
    expect(judgeLine(line('all is well', { priority: 3 })).error).toBe(true);
    expect(judgeLine(line('error: it broke', { priority: 4 })).error).toBe(false);
    expect(judgeLine(line('error: it broke', { priority: 6 })).error).toBe(false);
  });

  it('is severe from "crit" on, unless it is about a login', () => {
    expect(judgeLine(line('x', { priority: 2 })).severe).toBe(true);
    expect(judgeLine(line('x', { priority: 3 })).severe).toBe(false);
    expect(judgeLine(line('x', { priority: 1, aboutLogin: true }))).toEqual({
      error: true,
      severe: false,
    });
  });
});

describe('a crash', () => {
  it.each([
    'nginx[812]: segfault at 0 ip 00007f sp 00007f error 4 in libssl.so.3',
    'traps: app[9] general protection fault ip:7f sp:7f error:0',
    'Process 812 (nginx) of user 33 dumped core.',
    'Kernel panic - not syncing: VFS: Unable to mount root fs',
    'BUG: unable to handle page fault for address: 0',
    'Out of memory: Killed process 812 (mysqld) total-vm:1',
    '*** stack smashing detected ***: terminated',
  ])('is severe whatever urgency it states: %s', (message) => {
    for (const priority of [null, 3, 6]) {
      expect(judgeLine(line(message, { priority }))).toEqual({ error: true, severe: true });
    }
  });
});

describe('noise', () => {
  it.each([
    ['sshd', 'error: kex_exchange_identification: Connection closed by remote host'],
    [
      'sshd',
      'error: maximum authentication attempts exceeded for root from 10.0.0.1 port 4 ssh2 [preauth]',
    ],
    ['sshd', 'fatal: Timeout before authentication for 10.0.0.1 port 4'],
    ['sudo', 'ann : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls'],
  ])('of people and peers from outside is left out: %s: %s', (program, message) => {
    expect(isNoise(line(message, { program }), [])).toBe(true);
  });

  it.each([
    ['sshd', 'error: Could not load host key: /etc/ssh/ssh_host_rsa_key'],
    ['sshd', 'fatal: Cannot bind any address.'],
    ['sudo', 'PAM unable to dlopen(pam_unix.so): /lib/security/pam_unix.so: undefined symbol'],
    ['app', 'authentication failure'],
  ])('is not what a bad update causes: %s: %s', (program, message) => {
    expect(isNoise(line(message, { program }), [])).toBe(false);
  });

  it('is what the policy ignores, by the message or with its program', () => {
    expect(isNoise(line('some known noise 12'), [/^some known noise/u])).toBe(true);
    expect(isNoise(line('it broke'), [/^app: it broke$/u])).toBe(true);
    expect(isNoise(line('it broke'), [/^other: it broke$/u])).toBe(false);
  });
});
