/** What stands where a secret stood. */
const MASK = '***';

/** Words that name a secret when something is assigned to them. `key` alone is none: keys of repositories are public. */
const SECRET_WORD =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|tokens?|credentials?|(?:api|access|secret|private|auth|encryption)[_-]?key|auth)';

/**
 * Each rule keeps what says that there was a secret and takes out the secret. Every repetition has
 * a bound and no two neighbours match the same characters, so that no input makes them slow.
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  // PEM blocks of private keys, also one whose end was cut off.
  [
    /-----BEGIN ([A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?)-----[\s\S]*?(?:-----END [A-Z ]{0,60}-----|$)/g,
    `-----BEGIN $1----- ${MASK}`,
  ],
  // `Authorization: Bearer abc` and its kin, to the end of the line.
  [/\b((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4})[^\r\n]+/gi, `$1${MASK}`],
  [/\b((?:set-)?cookie:\s{0,4})[^\r\n]+/gi, `$1${MASK}`],
  [
    /\b(bearer|basic)\s{1,4}(?=[A-Za-z0-9._~+/-]{0,500}[0-9=])[A-Za-z0-9._~+/=-]{8,}/gi,
    `$1 ${MASK}`,
  ],
  // User and password in a URL.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/'"]{1,500}@/gi, `$1${MASK}@`],
  // AWS access key identities, and tokens that carry their maker's prefix.
  [/\b(AKIA|ASIA|AGPA|AROA|AIDA)[A-Z0-9]{12,20}\b/g, `$1${MASK}`],
  [/\b(gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|npm_)[A-Za-z0-9_-]{10,}/g, `$1${MASK}`],
  // JSON Web Tokens.
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*/g, MASK],
  // `password=abc`, `"token": "abc"`, `--api-key=abc`, `DB_PASSWORD: 'a b c'`.
  [
    new RegExp(
      `(${SECRET_WORD}(?:[_-][A-Za-z0-9_-]{1,20})?["']?\\s{0,4}[:=]\\s{0,4})("[^"\\r\\n]{1,2000}"|'[^'\\r\\n]{1,2000}'|[^\\s"',;&]{1,2000})`,
      'gi',
    ),
    `$1${MASK}`,
  ],
  // `--password abc`.
  [
    new RegExp(`(--?[A-Za-z0-9-]{0,40}${SECRET_WORD}\\s{1,4})(?!-)[^\\s]{1,2000}`, 'gi'),
    `$1${MASK}`,
  ],
  // `token is 0123456789abcdef…`: a long run of letters and digits after such a word.
  [
    new RegExp(
      `(\\b${SECRET_WORD}\\b["']?\\s{1,4}(?:is\\s{1,4}|was\\s{1,4}|of\\s{1,4})?["']?)(?=[A-Za-z0-9+/_=-]{0,500}[0-9])[A-Za-z0-9+/_=-]{16,}`,
      'gi',
    ),
    `$1${MASK}`,
  ],
];

/**
 * The text without what looks like a secret. Used for everything that leaves the host or is
 * written down for people: command logs, failures, heartbeats, reports, findings in log files.
 * It is a net, not a proof: patchcycle's own code never puts a secret on a command line.
 */
export function maskSecrets(text: string): string {
  return RULES.reduce(
    (masked, [pattern, replacement]) => masked.replace(pattern, replacement),
    text,
  );
}

const SECRET_FLAG = new RegExp(`^--?[A-Za-z0-9-]{0,40}${SECRET_WORD}$`, 'i');

/** The same for an argument vector, where a flag and its secret are two arguments. */
export function maskArgv(argv: readonly string[]): string[] {
  return argv.map((argument, index) =>
    SECRET_FLAG.test(argv[index - 1] ?? '') ? MASK : maskSecrets(argument),
  );
}

/** How much more than what is kept is masked, so that cutting does not separate a secret from the word before it. */
const MASKING_MARGIN = 8_000;

/** The last `length` characters, masked before they are cut. */
export function maskedTail(text: string, length: number): string {
  return maskSecrets(text.slice(-(length + MASKING_MARGIN))).slice(-length);
}
