import { isGood } from '../domain/outcome.ts';
import type { RolloutInput, RolloutMember } from '../domain/rollout.ts';

/** How many hosts of each kind: a state of the cycle for those that run, an ending, `waiting`, `skipped`. */
export function countByWord(members: readonly RolloutMember[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const member of members) {
    const word = wordOf(member);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Where one host stands, in one word. */
export function wordOf({ standing }: RolloutMember): string {
  switch (standing.is) {
    case 'waiting':
      return standing.busyUntil === undefined ? 'waiting' : 'busy';
    case 'running':
      return WAITS_LONG.includes(standing.at) ? standing.at : 'running';
    case 'ended':
      return standing.ending;
    case 'skipped':
      return 'skipped';
  }
}

/** States of which the rollout hears at once. Where a cycle does its work, the cycle itself is asked. */
const WAITS_LONG: readonly string[] = [
  'awaiting-approval',
  'awaiting-window',
  'awaiting-slot',
  'needs-attention',
];

/** Whether nothing is left to do on the host, and nothing went wrong. */
export function cameThrough({ standing }: RolloutMember): boolean {
  return standing.is === 'ended' && standing.ending !== 'lost' && isGood(standing.ending);
}

/** Hosts whose cycle ended in any other way than all right. */
export function withoutSuccess(members: readonly RolloutMember[]): RolloutMember[] {
  return members.filter((member) => member.standing.is === 'ended' && !cameThrough(member));
}

/** The hosts for which somebody has to do something. */
export function waitingForPeople(members: readonly RolloutMember[]): RolloutMember[] {
  return members.filter((member) =>
    ['awaiting-approval', 'needs-attention'].includes(wordOf(member)),
  );
}

/** Hosts that ask for the same changes: one decision is for all of them. */
export type Question = { changes: string; hosts: string[] };

/** What people are asked about many hosts, the most common changes first. Signed approvals nobody can give for many. */
export function questionsOf(members: readonly RolloutMember[]): Question[] {
  const byChanges = new Map<string, string[]>();
  for (const { host, standing } of members) {
    if (standing.is !== 'running' || standing.asks === undefined || standing.asks.signed) continue;
    const { changes } = standing.asks;
    byChanges.set(changes, [...(byChanges.get(changes) ?? []), host]);
  }
  return [...byChanges]
    .map(([changes, hosts]) => ({ changes, hosts }))
    .sort((one, other) => other.hosts.length - one.hosts.length);
}

/** What one decision is asked for: nothing where the policy has people decide host by host. */
export function questionsForMany(
  members: readonly RolloutMember[],
  approval: RolloutInput['approval'],
): Question[] {
  return approval === 'host' ? [] : questionsOf(members);
}

/** The hosts for which somebody has to do something one by one: those that no decision for many is for. */
export function askedOneByOne(
  members: readonly RolloutMember[],
  approval: RolloutInput['approval'],
): RolloutMember[] {
  const together = questionsForMany(members, approval).flatMap(({ hosts }) => hosts);
  const inQuestions = new Set(together);
  return waitingForPeople(members).filter(({ host }) => !inQuestions.has(host));
}
