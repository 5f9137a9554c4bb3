import { maskSecrets } from '../../host/mask.ts';

/** Characters of a line that are looked at; the kind of an error shows in its beginning. */
const LINE_LENGTH_MAX = 2_000;

/** As long as a finding may carry (src/domain/health.ts). */
const SIGNATURE_LENGTH_MAX = 300;

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = '\\d{1,2}:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?';

/**
 * What varies between two lines of one kind, in the order in which it is taken out: a date before
 * its numbers, an address before its parts. Every repetition has a bound, so that no line is slow.
 */
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  // Colours, and control characters as they are or as rsyslog writes them (#012 for a line break).
  // eslint-disable-next-line no-control-regex
  [/\u001b\[[0-9;]{0,20}[A-Za-z]|#0[0-3][0-7]|[\u0000-\u001f\u007f]/g, ' '],
  [
    new RegExp(
      `\\b\\d{4}[-/]\\d\\d[-/]\\d\\d[T ]${CLOCK}(?: ?(?:Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)\\b)?`,
      'g',
    ),
    '<time>',
  ],
  [new RegExp(`\\b\\d\\d/${MONTH}/\\d{4}:${CLOCK}(?: [+-]\\d{4})?`, 'g'), '<time>'],
  [
    new RegExp(
      `\\b(?:${DAY},? )?(?:${MONTH} {1,2}\\d{1,2}|\\d{1,2} ${MONTH})(?: \\d{4})? ${CLOCK}(?: (?:UTC|GMT|[+-]\\d{4}))?(?: \\d{4}\\b)?`,
      'g',
    ),
    '<time>',
  ],
  [/\b\d{4}-\d\d-\d\d\b/g, '<time>'],
  // IPv4 before times, because a port looks like minutes; times before IPv6 and MAC addresses, whose parts look like times.
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?::\d{1,5})?\b/g, '<address>'],
  [new RegExp(`(?<![\\w.:])${CLOCK}(?![\\w:])`, 'g'), '<time>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [
    /(?<![\w:])\[?(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}(?:%\w{1,15})?\]?(?::\d{1,5})?(?![\w:])/gi,
    '<address>',
  ],
  // MAC addresses that the kernel's firewall writes in a row; six parts of an IPv6 address look like one.
  [/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, '<address>'],
  // What is quoted is a name or a value. An apostrophe inside of a word quotes nothing.
  [/"[^"]{0,500}"/g, '<text>'],
  [/(?<!\w)'[^']{0,500}'(?!\w)/g, '<text>'],
  [/`[^`']{0,500}[`']/g, '<text>'],
  [/\b0x[0-9a-f]{1,64}\b/gi, '<n>'],
  // Identities: hexadecimal ones, and long ones of letters with several digits among them.
  [/\b(?=[0-9a-f]{0,63}\d)(?=[0-9a-f]{0,63}[a-f])[0-9a-f]{4,128}\b/gi, '<n>'],
  [/\b(?=(?:[A-Za-z_]{0,40}\d){3})[A-Za-z0-9_]{16,128}\b/g, '<n>'],
  // All numbers that are left, with sign and decimals.
  [/(?<![\w.])-(?=\d)/g, ''],
  [/\d{1,40}(?:[.,]\d{1,40}){0,10}/g, '<n>'],
  [/\s{1,500}/g, ' '],
];

/**
 * The kind of a line: the program that wrote it and its message without everything that varies
 * from one time to the next (times, numbers, identities, addresses, quoted names). Two lines of
 * one signature are the same trouble; the same message with other numbers has the same signature.
 * Secrets are masked. 300 characters at most.
 */
export function signatureOf(program: string, message: string): string {
  const line = maskSecrets(message.slice(0, LINE_LENGTH_MAX));
  const kind = VARIABLES.reduce((text, [pattern, name]) => text.replace(pattern, name), line);
  return `${programName(program)}: ${kind.trim()}`.slice(0, SIGNATURE_LENGTH_MAX);
}

/** The program without what varies: `worker-12` and `worker-13` do the same work. */
function programName(program: string): string {
  return program.slice(0, 64).replace(/\d+/g, '<n>');
}
