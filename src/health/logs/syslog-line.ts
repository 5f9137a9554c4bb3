import type { LogLine } from './line.ts';

/**
 * The traditional format of rsyslog, syslog-ng and sysklogd (`Nov 24 18:36:01 web-1 sshd[12]: x`)
 * and rsyslog's newer one (`2026-11-24T18:36:01.123456+00:00 web-1 sshd[12]: x`).
 */
const LINE =
  /^([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S{0,20}) (\S{1,255}) ([^\s:[]{1,128})(?:\[[^\]\s]{1,64}\])?: ?(.*)$/;

/** The kernel's own clock in front of its messages, which only text logs show. */
const KERNEL_TIME = /^\[\s{0,12}\d{1,12}\.\d{1,9}\] /;

/** Programs that log what people do when they log in. */
const LOGIN_PROGRAMS = /^(?:sshd|sshd-session|sudo|su|login|polkitd)$/;

export type SyslogSettings = {
  path: string;
  /** The name of this host; a log server's files are full of lines of others. */
  hostName: string;
  /** The traditional format has no year: a line is of the last twelve months before this. */
  nowMs: number;
};

/**
 * Parses one line of a text log; null for a line of another host. A line of no known format is
 * taken whole, without a program.
 */
export function parseSyslogLine(
  line: string,
  { path, hostName, nowMs }: SyslogSettings,
): LogLine | null {
  const [, time, host, program, message] = LINE.exec(line) ?? [];
  const common = { source: path, priority: null };
  if (time === undefined || host === undefined || program === undefined || message === undefined) {
    return { ...common, atMs: null, program: '', message: line, aboutLogin: false };
  }
  if (host !== 'localhost' && shortName(host) !== shortName(hostName)) return null;
  return {
    ...common,
    atMs: timeOf(time, nowMs),
    program,
    message: program === 'kernel' ? message.replace(KERNEL_TIME, '') : message,
    aboutLogin: LOGIN_PROGRAMS.test(program),
  };
}

/** The traditional format is in the host's local time, which is the agent's as well. */
function timeOf(time: string, nowMs: number): number | null {
  if (/^\d/.test(time)) return numberOrNull(Date.parse(time));
  const [month = '', day = '', clock = ''] = time.split(/ +/);
  const year = new Date(nowMs).getFullYear();
  const thisYearMs = numberOrNull(Date.parse(`${month} ${day} ${year} ${clock}`));
  const aDayAheadMs = nowMs + 86_400_000;
  return thisYearMs !== null && thisYearMs > aDayAheadMs
    ? numberOrNull(Date.parse(`${month} ${day} ${year - 1} ${clock}`))
    : thisYearMs;
}

function numberOrNull(ms: number): number | null {
  return Number.isNaN(ms) ? null : ms;
}

function shortName(host: string): string {
  return (host.split('.')[0] ?? host).toLowerCase();
}
