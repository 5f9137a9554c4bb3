import type { Remedies } from '../shared/remedies.ts';

/** What the person on call does next about a failure of dnf or rpm, where it has a command of its own. */
export const DNF_REMEDIES: Remedies = {
  SignatureInvalid:
    'Do not patch from this repository until its signature is explained: a key that is new (compare its fingerprint with the one that the vendor publishes, then `rpm --import` it), or a repository that somebody has changed.',
  ReleaseExpired:
    'The mirror has gone back to older lists: it is stale, or somebody withholds updates. Point the host at another mirror, or have this one synchronised.',
  MirrorListsBroken:
    'The mirror is being synchronised or the repository is wrong for this release; it is retried. If it stays so, look at the repositories in /etc/yum.repos.d.',
  DependencyProblem:
    'Run `dnf upgrade --assumeno` on the host and mend the packages that it names; nothing was changed.',
  MirrorUnreachable:
    'It is retried. If it stays so, look from the host whether the mirror answers, and at the proxy in /etc/dnf/dnf.conf.',
};
