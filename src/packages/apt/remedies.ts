import type { Remedies } from '../shared/remedies.ts';

/** What the person on call does next, where apt's own tools and files have to be named for it. */
export const APT_REMEDIES: Remedies = {
  MirrorListsBroken:
    'The mirror is being synchronised or the source is wrong for this release; it is retried. If it stays so, look at the sources in /etc/apt.',
  DependencyProblem:
    'Run `apt-get -s dist-upgrade` on the host and mend the packages that it names; nothing was changed.',
  MirrorUnreachable:
    'It is retried. If it stays so, look from the host whether the mirror answers, and at the proxy in /etc/apt/apt.conf.d.',
};
