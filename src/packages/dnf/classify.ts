import type { FailureType } from '../../domain/failure.ts';
import { classifyBy, type Rule, type Subject, type Words } from '../shared/classify.ts';

/**
 * What dnf and rpm mean by what they write: dnf's exit status is 1 for nearly everything. The words
 * are those of LC_ALL=C, of both dialects. The order decides: what a retry cannot mend comes before
 * what it can, so that one bad signature is not hidden behind one mirror that is down.
 */

const RULES: readonly Rule[] = [
  {
    type: 'NotEnoughSpace',
    pattern:
      /No space left on device|Disk quota exceeded|more space needed on the|needs [\d.]+ ?\w+ (?:more space )?on the .* filesystem|Curl error \(23\)/,
  },
  {
    type: 'PackageLockHeld',
    pattern:
      /already locked by \d+|can't create transaction lock|[Ff]ailed to obtain (?:the |rpm )?transaction lock|Waiting for process with pid/,
  },
  // After a scriptlet that failed rpm may end with 0 all the same.
  {
    type: 'PackageJobFailed',
    subjects: ['job'],
    pattern: /scriptlet failed|conflicts (?:with file from|between attempted)/,
  },
  {
    type: 'SignatureInvalid',
    pattern:
      /signature verification error|GPG signature is not available|Bad (?:GPG|PGP) signature|Signing key not found|SIGNATURES NOT OK|Public key for .* is not (?:installed|trusted)|is not signed|GPG check FAILED|OpenPGP check .* failed|do not have any GPG public keys installed|The GPG keys? listed for .* (?:is|are) already installed but/,
  },
  {
    type: 'HashMismatch',
    pattern: /checksum doesn't match|[Cc]hecksum (?:error|mismatch)|DIGESTS NOT OK/,
  },
  {
    type: 'VersionVanished',
    subjects: ['archives', 'resolution', 'job'],
    pattern: /No package "?\S+"? available|No match for argument|Unable to find a match/,
  },
  { type: 'VersionVanished', subjects: ['archives'], pattern: /Status code: 4(?:04|10)/ },
  {
    type: 'MirrorListsBroken',
    subjects: ['lists'],
    pattern:
      /Status code: 4\d\d|[Pp]arser? error|Cannot (?:load|parse)|Start tag expected|repomd\.xml.*(?:broken|invalid)/,
  },
  {
    type: 'MirrorListsBroken',
    subjects: ['resolution', 'archives'],
    pattern: /[Cc]ache-?only enabled but no cache for/,
  },
  {
    type: 'DependencyProblem',
    subjects: ['resolution', 'job'],
    pattern: /Problem(?: \d+)?: |Failed to resolve the transaction|conflicting requests/,
  },
  {
    type: 'MirrorUnreachable',
    subjects: ['lists', 'archives'],
    pattern:
      /Curl error \(\d+\)|Status code: [45]\d\d|[Aa]ll mirrors were (?:already )?tried|Usable URL not found|Failed to download|Cannot (?:download|prepare internal mirrorlist)|No URLs in mirrorlist/,
  },
];

export const DNF_WORDS: Words = {
  rules: RULES,
  errorLine:
    /^(?:Error:|error:|>>> |Failed to |Transaction failed: |\[(?:MIRROR|FAILED)\] |- (?:Curl|Status|Downloading) |Problem(?: \d+)?: )/,
  errorSign: /^(?:Error: |error: |>>> |- |\[(?:MIRROR|FAILED)\] )/,
};

/** See {@link classifyBy}. */
export function classify(output: string, subject: Subject): FailureType | null {
  return classifyBy(DNF_WORDS, output, subject);
}
