import type { FailureType } from '../../domain/failure.ts';
import {
  classifyBy,
  decisiveLineBy,
  type Rule,
  type Subject,
  type Words,
} from '../shared/classify.ts';

/**
 * What apt and dpkg mean by what they write: apt's exit status is 100 for everything. The words are
 * those of LC_ALL=C. The order decides: what a retry cannot mend comes before what it can, so that
 * one bad signature is not hidden behind one mirror that is down.
 */

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

export const APT_WORDS: Words = {
  rules: RULES,
  errorLine: /^(?:[EWN]:|Err:|dpkg: error)/,
  errorSign: /^[EWN]: /,
};

/** See {@link classifyBy}. */
export function classify(output: string, subject: Subject): FailureType | null {
  return classifyBy(APT_WORDS, output, subject);
}

/** See {@link decisiveLineBy}. */
export function decisiveLine(output: string, type: FailureType): string {
  return decisiveLineBy(APT_WORDS, output, type);
}
