import { FindingKind, type Finding, type Review } from '../../domain/review.ts';
import type { Tone } from '../headline.ts';

/** How findings of a kind are headed, and what mends them. */
export const KINDS: Readonly<Record<FindingKind, { title: string; tone: Tone; remedy: string }>> = {
  'security-updates-old': {
    title: 'Security updates that have been pending for too long',
    tone: 'bad',
    remedy: 'Patch them: patchcycle patch HOST, or patchcycle rollout start.',
  },
  'name-shared': {
    title: 'Names by which two machines announce themselves',
    tone: 'bad',
    remedy:
      'Give one of them another name (host: in its agent.yaml), and start no cycle before that.',
  },
  'critical-unattended': {
    title: 'Critical hosts that are patched without anybody',
    tone: 'bad',
    remedy: 'Give them a policy that requires an approval, or take the label away.',
  },
  'backup-missing': {
    title: 'Hosts without a backup',
    tone: 'bad',
    remedy: 'Find out who removed it: a change that shows its faults late could not be put back.',
  },
  'not-patched': {
    title: 'Hosts that were not patched lately',
    tone: 'bad',
    remedy: 'See what keeps them: patchcycle status HOST; then patch them.',
  },
  'reboot-pending': {
    title: 'Reboots that have been pending for too long',
    tone: 'warning',
    remedy: 'Let a cycle reboot them (reboot: if-required or always), or reboot them yourself.',
  },
  'not-heard-of': {
    title: 'Hosts of which nothing is heard',
    tone: 'warning',
    remedy: 'Look at the host and its unit patchcycle-agent, or take the host out of the file.',
  },
  'approver-not-allowed': {
    title: 'Approvals by people who may not approve',
    tone: 'warning',
    remedy:
      'Have somebody who may look at what was installed; let hosts take signed approvals only.',
  },
  'hold-unanswered': {
    title: 'Packages that are held back and nobody answers for',
    tone: 'warning',
    remedy: 'Release them on the host, or name owner, day and reason in review.exceptions.',
  },
  'ignore-unanswered': {
    title: 'Ignored log lines that nobody answers for',
    tone: 'warning',
    remedy: 'Take the expression out, or name owner, day and reason in review.exceptions.',
  },
  'exception-expired': {
    title: 'Exceptions past their day',
    tone: 'warning',
    remedy: 'Take the exception out, or have its owner decide anew.',
  },
  'exclusion-old': {
    title: 'Versions that have been left out for long',
    tone: 'warning',
    remedy: 'Clear them when they are good after all: patchcycle known-bad clear.',
  },
  'policy-not-reviewed': {
    title: 'Policies that nobody has looked at lately',
    tone: 'quiet',
    remedy: 'Look at them, then: patchcycle policy acknowledge POLICY --why "...".',
  },
  'policy-without-owner': {
    title: 'Policies without an owner',
    tone: 'quiet',
    remedy: 'Name one: review: { owner: NAME }.',
  },
  'backups-too-many': {
    title: 'Hosts with more backups than their policy keeps',
    tone: 'quiet',
    remedy: 'The next cycle removes them, unless one waits for a person: patchcycle status HOST.',
  },
  'report-lost': {
    title: 'Cycles without a report',
    tone: 'quiet',
    remedy: 'Look at the host: a cycle that was ended from outside may have left it half changed.',
  },
};

export type Group = { kind: FindingKind; total: number; findings: Finding[] };

/** The findings by kind, gravest first, each kind with how many there are in all. */
export function grouped({ findings, counts }: Pick<Review, 'findings' | 'counts'>): Group[] {
  return FindingKind.options.flatMap((kind) => {
    const total = counts[kind] ?? 0;
    return total === 0
      ? []
      : [{ kind, total, findings: findings.filter((finding) => finding.kind === kind) }];
  });
}

export function totalOf({ counts }: Pick<Review, 'counts'>): number {
  return Object.values(counts).reduce((sum, amount) => sum + amount, 0);
}
