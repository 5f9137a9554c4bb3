import type { FailureType } from '../../domain/failure.ts';

/**
 * What apt and dpkg mean by what they write: apt's exit status is 100 for everything. The words are
 * those of LC_ALL=C. The order decides: what a retry cannot mend comes before what it can, so that
 * one bad signature is not hidden behind one mirror that is down.
 */

/** What was asked for when it failed; the same words mean different things. */
export type Subject = 'lists' | 'archives' | 'resolution' | 'job';

type Rule = { type: FailureType; pattern: RegExp; subjects?: readonly Subject[] };

const RULES: readonly Rule[] = [
  {
    type: 'NotEnoughSpace',
    pattern: /No space left on device|have enough free space in|Disk quota exceeded/,
  },
  {
    type: 'PackageLockHeld',
    pattern:
      /Could not get lock |Unable to lock (?:the administration )?directory|(?:frontend lock|database) (?:was|is) locked by another process|Unable to acquire the dpkg frontend lock/,
  },
  {
    type: 'SignatureInvalid',
    pattern:
      /NO_PUBKEY|BADSIG|KEYEXPIRED|EXPKEYSIG|REVKEYSIG|EXPSIG|is not signed\.|is no longer signed\.|GPG error|signatures? (?:were|was) invalid|couldn't be verified|Clearsigned file isn't valid|Splitting up .* failed|OpenPGP signature verification failed|cannot be authenticated/,
  },
  {
    type: 'ReleaseExpired',
    pattern: /^.*Release file for .* is (?:expired \(invalid since|not valid yet)/m,
  },
  {
    type: 'HashMismatch',
    pattern:
      /Hash Sum mismatch|Insufficient information available to perform this download securely/,
  },
  {
    type: 'VersionVanished',
    subjects: ['archives', 'resolution', 'job'],
    pattern:
      /Version '.*' for '.*' was not found|Unable to locate package|Can't find a source to download version|40[34] {2}/,
  },
  {
    type: 'MirrorListsBroken',
    subjects: ['lists'],
    pattern:
      /File has unexpected size|Mirror sync in progress|(?:does not have|no longer has) a Release file|Unable to find expected entry|Encountered a section with no Package|Unable to parse package file|40[34] {2}|changed its '.*' value from/,
  },
  {
    type: 'MirrorListsBroken',
    subjects: ['archives'],
    pattern: /File has unexpected size|Mirror sync in progress/,
  },
  {
    type: 'DependencyProblem',
    subjects: ['resolution', 'job'],
    pattern:
      /unmet dependencies|Unmet dependencies|Unable to correct problems|held broken packages|pkgProblemResolver|Packages need to be removed but remove is disabled|needs to be reinstalled, but I can't find an archive|Held packages were changed/,
  },
  {
    type: 'MirrorUnreachable',
    subjects: ['lists', 'archives'],
    pattern:
      /Could not (?:connect|resolve|handshake|wait for server)|Temporary failure resolving|Connection (?:failed|refused|timed out|reset|closed)|Unable to connect|Cannot initiate the connection|Network is unreachable|Failed to fetch|Error reading from server|Undetermined Error|failed to download|failed: 5\d\d| 5\d\d {2}/,
  },
];

/** The type of failure that this output speaks of, or null when it speaks of none that is known. */
export function classify(output: string, subject: Subject): FailureType | null {
  const rule = RULES.find(
    ({ pattern, subjects }) => (subjects?.includes(subject) ?? true) && pattern.test(output),
  );
  return rule?.type ?? null;
}

/** The line that says it best: the first error that the rules know, else the first error, else the last line. */
export function decisiveLine(output: string, type: FailureType): string {
  const lines = output.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /^(?:[EWN]:|Err:|dpkg: error)/.test(line));
  const patterns = RULES.filter((rule) => rule.type === type).map(({ pattern }) => pattern);
  const known = [...errors, ...lines].find((line) =>
    patterns.some((pattern) => pattern.test(line)),
  );
  const line = known ?? errors[0] ?? lines.findLast((one) => one !== '') ?? 'nothing was said';
  return line.replace(/^[EWN]: /, '').slice(0, LINE_LENGTH_MAX);
}

/** Enough for a mirror's address and the reason. */
const LINE_LENGTH_MAX = 400;
