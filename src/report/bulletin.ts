import type { AlikeNotices, Bulletin, NoticeKind, NoticeRun } from '../domain/notice.ts';

/** Where the Web UI shows a run, or a list of all in one state; null where the Web UI is not known. */
export type LinkTo = (target: NoticeRun | { state: string }) => string | null;

const HOSTS_SHOWN = 20;
const COMMANDS_SHOWN = 10;

/** Of a message about many things each is told in so many lines at most. */
const LINES_SHOWN = 3;

/** The whole message in one sentence. */
export function bulletinSubject({ groups, unnamed }: Bulletin): string {
  const [only, ...others] = groups;
  if (only !== undefined && others.length + unnamed === 0) return groupSubject(only);
  const things = groups.reduce((sum, { count }) => sum + count, unnamed);
  return `${things} notices: ${groups.slice(0, 3).map(groupSubject).join('; ')}${groups.length > 3 ? ' …' : ''}`;
}

/** How much of each notice is told in words. */
type Words = { lines: number; lineLength: number };

/** Each shorter than the one before: what a person has to do, and where, is left out last. */
const WORDS: readonly Words[] = [
  { lines: Infinity, lineLength: Infinity },
  { lines: Infinity, lineLength: 120 },
  { lines: LINES_SHOWN, lineLength: 120 },
  { lines: 0, lineLength: 0 },
];

/** The message as plain text, for mails and chats; the whole of it where there is room. */
export function bulletinText(
  bulletin: Bulletin,
  linkTo: LinkTo,
  lengthMax: number = Infinity,
): string {
  let text = '';
  for (const words of WORDS) {
    text = textInWords(bulletin, linkTo, words);
    if (text.length <= lengthMax) return text;
  }
  return `${text.slice(0, text.lastIndexOf('\n', lengthMax - 2))}\n…`;
}

function textInWords({ groups, unnamed }: Bulletin, linkTo: LinkTo, words: Words): string {
  const lines = Math.min(words.lines, groups.length === 1 ? Infinity : LINES_SHOWN);
  return [
    ...groups.map((group) => groupText(group, linkTo, { ...words, lines })),
    ...(unnamed > 0 ? [`${unnamed} more notices found no room here.`] : []),
  ].join('\n\n');
}

/** The whole message for programs. */
export function bulletinDocument({ id, at, groups, unnamed }: Bulletin, linkTo: LinkTo) {
  return {
    format: 1,
    id,
    at,
    subject: bulletinSubject({ id, at, groups, unnamed }),
    notices: groups.map((group) => ({
      kind: group.notice.kind,
      subject: groupSubject(group),
      count: group.count,
      firstAt: group.firstAt,
      about: group.members.map(({ about }) => about),
      lines: group.notice.lines,
      together: (group.count > 1 && group.notice.together) || null,
      commands: commandsOf(group),
      link: linkOf(group, linkTo),
    })),
    unnamed,
  };
}

const OF_MANY: Record<NoticeKind, string> = {
  'approval-needed': 'hosts wait for approval of the same changes',
  'needs-attention': 'hosts need attention for the same reason',
  'rollout-halted': 'rollouts halted for the same reason',
  'rollout-finished': 'rollouts finished',
  'review-findings': 'reviews found the same',
};

function groupSubject({ notice, count }: AlikeNotices): string {
  return count === 1 ? notice.subject : `${count} ${OF_MANY[notice.kind]}`;
}

function groupText(group: AlikeNotices, linkTo: LinkTo, words: Words): string {
  const { notice, members, count } = group;
  const commands = commandsOf(group);
  const link = linkOf(group, linkTo);
  return [
    groupSubject(group),
    ...(count > 1 ? [namesOf(group), `Of ${notice.about}:`] : []),
    ...linesOf(notice, words).map((line) => `  ${line}`),
    ...(count > 1 && notice.together !== undefined
      ? ['All of them, where the policy has one decision for many:', `  ${notice.together}`]
      : []),
    ...(commands.length > 0 ? [count > 1 ? 'Each by itself:' : 'To move it on:'] : []),
    ...commands.map((command) => `  ${command}`),
    ...(count > members.length || members.length > COMMANDS_SHOWN ? ['  …'] : []),
    ...(link === null ? [] : [link]),
  ].join('\n');
}

function linesOf({ lines }: AlikeNotices['notice'], words: Words): string[] {
  const shown = lines
    .slice(0, words.lines)
    .map((line) =>
      line.length <= words.lineLength ? line : `${line.slice(0, words.lineLength - 1)}…`,
    );
  return shown.length < lines.length ? [...shown, '…'] : shown;
}

function namesOf({ members, count }: AlikeNotices): string {
  const names = members.slice(0, HOSTS_SHOWN).map(({ about }) => about);
  const more = count - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function commandsOf({ members }: AlikeNotices): string[] {
  return members
    .flatMap(({ command }) => (command === undefined ? [] : [command]))
    .slice(0, COMMANDS_SHOWN);
}

const STATE_OF: Partial<Record<NoticeKind, string>> = {
  'approval-needed': 'awaiting-approval',
  'needs-attention': 'needs-attention',
};

function linkOf({ notice, members, count }: AlikeNotices, linkTo: LinkTo): string | null {
  const state = STATE_OF[notice.kind];
  if (count > 1 && state !== undefined) return linkTo({ state });
  const [first] = members;
  return first === undefined ? null : linkTo(first.run);
}
