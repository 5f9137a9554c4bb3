import {
  GROUPS_MAX,
  MEMBERS_MAX,
  SEEN_MAX,
  TOLD_MAX,
  WAITING_SIZE_MAX,
  type AlikeNotices,
  type Bulletin,
  type Gathering,
  type NoticeKind,
  type PassedNotice,
} from '../domain/notice.ts';

const HOUR_MS = 3_600_000;

export function nothingGathered(): Gathering {
  return {
    rules: null,
    waiting: [],
    told: [],
    sent: [],
    seen: [],
    unnamed: 0,
    troubles: [],
    refusedCount: 0,
  };
}

/** Puts a notice to those that are like it. One that no channel is told of is left out. */
export function gather(gathering: Gathering, passed: PassedNotice, nowMs: number): void {
  const { id, notice, rules } = passed;
  gathering.rules = rules;
  if (gathering.seen.includes(id)) return;
  gathering.seen = [...gathering.seen, id].slice(-SEEN_MAX);
  if (!rules.channels.some(({ kinds }) => kinds.includes(notice.kind))) return;
  const key = keyOf(passed);
  const waiting = gathering.waiting.find((one) => one.key === key);
  if (waiting !== undefined) return join(gathering, waiting.alike, passed);
  if (gathering.waiting.length >= GROUPS_MAX || !hasRoom(gathering, passed)) {
    gathering.unnamed += 1;
    return;
  }
  const told = gathering.told.findLast((one) => one.key === key);
  const quietUntilMs = told === undefined ? 0 : Date.parse(told.at) + rules.repeatMs;
  const dueMs = Math.max(nowMs + rules.gatherMs, quietUntilMs);
  const firstAt = new Date(nowMs).toISOString();
  const alike = { notice, firstAt, count: 1, members: [memberOf(passed)] };
  gathering.waiting.push({ key, dueAt: new Date(dueMs).toISOString(), alike });
}

/** A halt is news, also of a rollout that halted a minute ago; so what has no likeness is like nothing else. */
function keyOf({ id, notice: { kind, alike } }: PassedNotice): string {
  return alike === undefined ? `${kind} by itself: ${id}` : `${kind} alike: ${alike}`;
}

function memberOf({ notice, run }: PassedNotice): AlikeNotices['members'][number] {
  const { about, command } = notice;
  return { about, run, ...(command === undefined ? {} : { command }) };
}

/** The same host again is the same member, with what it says now. */
function join(gathering: Gathering, alike: AlikeNotices, passed: PassedNotice): void {
  const member = memberOf(passed);
  const known = alike.members.findIndex(({ about }) => about === member.about);
  if (known >= 0) {
    alike.members[known] = member;
    return;
  }
  alike.count += 1;
  if (alike.members.length < MEMBERS_MAX && hasRoom(gathering, member)) alike.members.push(member);
}

function hasRoom({ waiting }: Gathering, more: unknown): boolean {
  return JSON.stringify(waiting).length + JSON.stringify(more).length <= WAITING_SIZE_MAX;
}

/**
 * Takes out what is due. Each kind is a message of its own as long as the hour has room for all of
 * them; otherwise one message tells everything.
 */
export function takeDue(gathering: Gathering, nowMs: number, newId: () => string): Bulletin[] {
  forget(gathering, nowMs);
  const { rules, waiting, sent } = gathering;
  if (rules === null) return [];
  const due = waiting.filter(({ dueAt }) => Date.parse(dueAt) <= nowMs);
  const room = rules.perHour - sent.length;
  if (due.length === 0 || room <= 0) return [];
  const at = new Date(nowMs).toISOString();
  const together = due.length <= room ? due.map((one) => [one]) : [due];
  const bulletins = together.map((groups, index) => ({
    id: newId(),
    at,
    groups: groups.map(({ alike }) => alike),
    unnamed: index === 0 ? gathering.unnamed : 0,
  }));
  gathering.unnamed = 0;
  gathering.waiting = waiting.filter((one) => !due.includes(one));
  gathering.told = [...gathering.told, ...due.map(({ key }) => ({ key, at }))].slice(-TOLD_MAX);
  gathering.sent = [...sent, ...bulletins.map(() => at)];
  return bulletins;
}

/** What says nothing any more about when the next message may go out. */
function forget(gathering: Gathering, nowMs: number): void {
  const { rules, told, sent } = gathering;
  const repeatMs = rules?.repeatMs ?? 0;
  gathering.told = told.filter(({ at }) => Date.parse(at) + repeatMs > nowMs);
  gathering.sent = sent.filter((at) => Date.parse(at) + HOUR_MS > nowMs);
}

/** When {@link takeDue} has something to do or to forget; null when nothing is left of either. */
export function nextMoveMs({ rules, waiting, told, sent }: Gathering): number | null {
  if (rules === null) return null;
  if (waiting.length > 0) {
    const dueMs = Math.min(...waiting.map(({ dueAt }) => Date.parse(dueAt)));
    const full = sent.length - rules.perHour;
    const blocking = full >= 0 ? sent[full] : undefined;
    return blocking === undefined ? dueMs : Math.max(dueMs, Date.parse(blocking) + HOUR_MS);
  }
  const forgottenMs = [
    ...told.map(({ at }) => Date.parse(at) + rules.repeatMs),
    ...sent.map((at) => Date.parse(at) + HOUR_MS),
  ];
  return forgottenMs.length === 0 ? null : Math.max(...forgottenMs);
}

/** What a channel that is told of these kinds is told; null when that is nothing. */
export function partFor(bulletin: Bulletin, kinds: readonly NoticeKind[]): Bulletin | null {
  const groups = bulletin.groups.filter(({ notice }) => kinds.includes(notice.kind));
  return groups.length === 0 ? null : { ...bulletin, groups };
}
