import type { FailureType } from '../../domain/failure.ts';

export type Remedies = Readonly<Partial<Record<FailureType, string>>>;

/** What the person on call does next about a failure of the package tools, by its type, whatever the tools are. */
const REMEDIES: Remedies = {
  NotEnoughSpace: 'Free space on the file system that is named, then start the cycle again.',
  PackageLockHeld:
    'Wait until the process that is named has ended; it is retried by itself. Nothing was killed and no lock was deleted.',
  SignatureInvalid:
    'Do not patch from this repository until its signature is explained: a key that was renewed (install the new keyring), or a repository that somebody has changed.',
  ReleaseExpired:
    "Compare the host's clock with the real time. If the clock is right, the mirror is stale: have it synchronised, or point the host at another one.",
  HashMismatch:
    'The mirror or a proxy on the way hands out other content than what is signed. Have it cleaned, then start the cycle again.',
  VersionVanished:
    'The mirror has replaced this version since the plan was made. Start the cycle again: it plans with fresh lists.',
};

/**
 * The remedy of a type, the family's `own` before the common one; where none is written, the
 * command's own words have to do.
 */
export function remedyFor(type: FailureType, own: Remedies = {}): string {
  return own[type] ?? REMEDIES[type] ?? 'Run the command on the host and read what it says.';
}
