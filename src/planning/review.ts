import type { HostRecord } from '../domain/announcement.ts';
import { durationMs, formatDuration } from '../domain/duration.ts';
import type { SuspectVersion } from '../domain/known-bad.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Exception, ReviewRules } from '../domain/review-rules.ts';
import {
  FindingKind,
  type Acknowledged,
  type Finding,
  type ReviewedHost,
  type ReviewedPolicy,
  type ReviewInput,
} from '../domain/review.ts';
import { Severity } from '../domain/severity.ts';
import { SILENT_AFTER_MS, twinFinding } from './fleet.ts';
import { isKnownBad } from './suspects.ts';

/** One cycle of a host, as far as a review looks at it. */
export type ReviewedCycle = {
  cycle: string;
  endedAt: string;
  outcome: Outcome;
  /** Null where the cycle knew no facts of its host. */
  held: readonly string[] | null;
  /** The person who approved what was installed. */
  approvedBy: string | null;
};

/** What is known of one host. */
export type HostFacts = {
  record: HostRecord | null;
  /** Its latest cycles, the last one first: to the last good one, or further back where it matters who approved. */
  cycles: readonly ReviewedCycle[];
};

export type FleetFacts = {
  hosts: ReadonlyMap<string, HostFacts>;
  acknowledged: Acknowledged['policies'];
  bad: readonly SuspectVersion[];
  /** Cycles that ended without a report that could be stored, one sentence each. */
  lost: readonly { host: string; text: string }[];
};

/** Everything that a person has to look at, gravest kinds first, then by name. */
export function reviewFleet(input: ReviewInput, facts: FleetFacts, nowMs: number): Finding[] {
  const findings = [
    ...input.policies.flatMap((policy) => policyFindings(policy, facts, nowMs)),
    ...input.hosts.flatMap((host) => {
      const policy = input.policies[host.policy];
      const known = facts.hosts.get(host.host) ?? { record: null, cycles: [] };
      return policy === undefined ? [] : hostFindings(host, policy, known, nowMs);
    }),
    ...exclusionFindings(input, facts.bad, nowMs),
    ...facts.lost.map(({ host, text }) => finding('report-lost', host, text)),
  ];
  const order = FindingKind.options;
  return findings.sort(
    (one, other) =>
      order.indexOf(one.kind) - order.indexOf(other.kind) || (one.about < other.about ? -1 : 1),
  );
}

function finding(kind: FindingKind, about: string, text: string): Finding {
  return { kind, about, text: text.slice(0, 1_000) };
}

function hostFindings(
  host: ReviewedHost,
  { rules, name }: ReviewedPolicy,
  { record, cycles }: HostFacts,
  nowMs: number,
): Finding[] {
  const say = (kind: FindingKind, text: string): Finding => finding(kind, host.host, text);
  return [
    ...(host.critical && host.unattended
      ? [say('critical-unattended', `it is labelled critical, and its policy ${name} asks nobody`)]
      : []),
    ...(record === null
      ? [say('not-heard-of', 'no agent of it has announced itself')]
      : recordFindings(host, rules, record, cycles, nowMs, say)),
    ...cycleFindings(rules, cycles, nowMs, say),
    ...holdFindings(rules, name, cycles, nowMs, say),
  ];
}

type Say = (kind: FindingKind, text: string) => Finding;

function recordFindings(
  host: ReviewedHost,
  rules: ReviewRules,
  record: HostRecord,
  cycles: readonly ReviewedCycle[],
  nowMs: number,
  say: Say,
): Finding[] {
  const { lastSeenAt, announcement, pendingSince = {}, rebootPendingSince } = record;
  const silentMs = nowMs - Date.parse(lastSeenAt);
  const { backups } = announcement;
  const old = Severity.options.flatMap((severity) => {
    const since = pendingSince[severity];
    const limit = rules.securityUpdates[severity];
    if (since === undefined || !isOlder(since, limit, nowMs)) return [];
    const what = severity === 'unknown' ? 'of unknown severity' : severity;
    return [
      say(
        'security-updates-old',
        `security updates (${what}) have been pending for ${age(since, nowMs)}, and ${limit} are allowed`,
      ),
    ];
  });
  const twin = twinFinding(record, nowMs);
  const patchedOnce = cycles.some(({ outcome }) => outcome === 'patched');
  return [
    ...old,
    ...(twin === null ? [] : [say('name-shared', twin)]),
    ...(silentMs > SILENT_AFTER_MS
      ? [say('not-heard-of', `its agent was last heard of ${formatDuration(silentMs)} ago`)]
      : []),
    ...(rebootPendingSince !== undefined && isOlder(rebootPendingSince, rules.reboot, nowMs)
      ? [
          say(
            'reboot-pending',
            `a reboot has been pending for ${age(rebootPendingSince, nowMs)}, and ${rules.reboot} are allowed: ${announcement.updates?.rebootPending.reason ?? 'no reason was given'}`,
          ),
        ]
      : []),
    ...(backups === 0 && patchedOnce
      ? [say('backup-missing', 'it was patched, and has no backup that could be restored')]
      : []),
    // One more belongs to the cycle that runs.
    ...(backups !== undefined && backups > host.keep + 1
      ? [say('backups-too-many', `it has ${backups} backups, and its policy keeps ${host.keep}`)]
      : []),
  ];
}

function cycleFindings(
  { patched, approvers }: ReviewRules,
  cycles: readonly ReviewedCycle[],
  nowMs: number,
  say: Say,
): Finding[] {
  const good = cycles.find(({ outcome }) => outcome === 'patched' || outcome === 'up-to-date');
  const [last] = cycles;
  const ended = last === undefined ? '' : `; its last cycle ended as ${last.outcome}`;
  const never =
    last === undefined
      ? 'it was never patched, as far as its reports tell'
      : `none of its last ${cycles.length} cycles patched it or found it up to date`;
  const late =
    good === undefined
      ? [say('not-patched', `${never}${ended}`)]
      : isOlder(good.endedAt, patched, nowMs)
        ? [
            say(
              'not-patched',
              `it was last patched or found up to date ${age(good.endedAt, nowMs)} ago, and ${patched} are allowed${ended}`,
            ),
          ]
        : [];
  const strangers = cycles.flatMap(({ approvedBy, endedAt }) =>
    approvers === undefined || approvedBy === null || approvers.includes(approvedBy)
      ? []
      : [
          say(
            'approver-not-allowed',
            `what was installed on ${endedAt.slice(0, 10)} was approved by ${approvedBy}, who is none of the policy's approvers`,
          ),
        ],
  );
  return [...late, ...strangers];
}

function holdFindings(
  { exceptions }: ReviewRules,
  policy: string,
  cycles: readonly ReviewedCycle[],
  nowMs: number,
  say: Say,
): Finding[] {
  const held = cycles.find((cycle) => cycle.held !== null)?.held ?? [];
  return held.flatMap((name) => {
    const answered = exceptions.some(
      (one) => 'hold' in one && one.hold === name && !isPast(one, nowMs),
    );
    return answered
      ? []
      : [
          say(
            'hold-unanswered',
            `${name} is held back on it, and no exception of the policy ${policy} answers for that`,
          ),
        ];
  });
}

function policyFindings(
  { name, rules, ignores }: ReviewedPolicy,
  { acknowledged }: FleetFacts,
  nowMs: number,
): Finding[] {
  const say = (kind: FindingKind, text: string): Finding => finding(kind, name, text);
  const last = acknowledged.find(({ policy }) => policy === name);
  const { owner, every, exceptions } = rules;
  return [
    ...(last === undefined
      ? [say('policy-not-reviewed', 'nobody has ever said that it is as it should be')]
      : isOlder(last.at, every, nowMs)
        ? [
            say(
              'policy-not-reviewed',
              `${last.by} said ${age(last.at, nowMs)} ago that it is as it should be, and that holds for ${every}`,
            ),
          ]
        : []),
    ...(owner === undefined
      ? [say('policy-without-owner', 'nobody answers for it: it has no review.owner')]
      : []),
    ...ignores.flatMap((pattern) => {
      const answered = exceptions.some(
        (one) => 'ignore' in one && one.ignore === pattern && !isPast(one, nowMs),
      );
      const text = `lines that match ${pattern} are ignored, and no exception answers for that`;
      return answered ? [] : [say('ignore-unanswered', text)];
    }),
    ...exceptions
      .filter((one) => isPast(one, nowMs))
      .map((one) => {
        const what = 'hold' in one ? `the hold of ${one.hold}` : `ignoring ${one.ignore}`;
        return say('exception-expired', `${one.owner} answered for ${what} until ${one.until}`);
      }),
  ];
}

/** The strictest of the policies counts, because the list is everybody's. */
function exclusionFindings(
  { policies }: ReviewInput,
  bad: readonly SuspectVersion[],
  nowMs: number,
): Finding[] {
  const limits = policies.map(({ rules }) => rules.excluded);
  const [limit] = limits.sort((one, other) => durationMs(one) - durationMs(other));
  if (limit === undefined) return [];
  return bad.filter(isKnownBad).flatMap((one) => {
    const since = one.seenBy[0]?.at;
    if (since === undefined || !isOlder(since, limit, nowMs)) return [];
    const text = `${one.version} has been left out of plans for ${age(since, nowMs)}, and ${limit} are allowed: patchcycle known-bad`;
    return [finding('exclusion-old', one.package, text)];
  });
}

function isOlder(since: string, limit: string, nowMs: number): boolean {
  return nowMs - Date.parse(since) > durationMs(limit);
}

function age(since: string, nowMs: number): string {
  return formatDuration(nowMs - Date.parse(since));
}

/** Its day is over. */
function isPast({ until }: Exception, nowMs: number): boolean {
  return nowMs >= Date.parse(`${until}T00:00:00Z`) + 86_400_000;
}

/** How many findings there are of each kind. */
export function countKinds(findings: readonly Finding[]): Partial<Record<FindingKind, number>> {
  const counts: Partial<Record<FindingKind, number>> = {};
  for (const { kind } of findings) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
