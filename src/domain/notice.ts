import { z } from 'zod';
import { ShortName } from './names.ts';

/** What people are told of. */
export const NoticeKind = z.enum([
  'approval-needed',
  'needs-attention',
  'rollout-halted',
  'rollout-finished',
  'review-findings',
]);
export type NoticeKind = z.infer<typeof NoticeKind>;

/**
 * Its words come from hosts: what is too long is told shortened, nothing in it steers a terminal, and
 * nothing that cannot be seen makes it look like another line or another text.
 */
const Line = z
  .string()
  .max(20_000)
  .transform((text) =>
    text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, LINE_LENGTH_MAX),
  );
const LINE_LENGTH_MAX = 500;

/** One thing that one workflow tells people. */
export const Notice = z.strictObject({
  kind: NoticeKind,
  /** The host, the rollout or the review that it is about. */
  about: z.string().min(1).max(253),
  /** One sentence that names it. */
  subject: Line,
  /** What a person has to know to decide. */
  lines: z.array(Line).max(12).default([]),
  /** The command that moves it on. */
  command: Line.optional(),
  /** The command that moves on all that are alike. */
  together: Line.optional(),
  /** The same in notices that one message can tell together; without it a message tells nothing else. */
  alike: Line.optional(),
});
export type Notice = z.infer<typeof Notice>;
export type NoticeInput = z.input<typeof Notice>;

/** The workflow run that says it. */
export const NoticeRun = z.strictObject({
  workflowId: z.string().max(1_000),
  runId: z.string().max(64),
});
export type NoticeRun = z.infer<typeof NoticeRun>;

const Milliseconds = z
  .number()
  .int()
  .positive()
  .max(7 * 86_400_000);

/** How notices are gathered, and to which channels they go: what a workflow knows of the configuration. */
export const GatherRules = z.strictObject({
  /** How long the first of its kind waits for others that are alike. */
  gatherMs: Milliseconds,
  /** How long after a message those wait that are like it. */
  repeatMs: Milliseconds,
  /** Messages in any hour; what is more waits, and is told in one. */
  perHour: z.number().int().min(1).max(1_000),
  channels: z.array(z.strictObject({ name: ShortName, kinds: z.array(NoticeKind) })).max(20),
});
export type GatherRules = z.infer<typeof GatherRules>;

/** A notice on its way to those that it is gathered with. The rules are those of the worker that passes it on. */
export const PassedNotice = z.strictObject({
  /** The same however often it is passed on. */
  id: z.string().min(1).max(300),
  notice: Notice,
  run: NoticeRun,
  rules: GatherRules,
});
export type PassedNotice = z.infer<typeof PassedNotice>;

/** Whom one message names; of more it tells the number. */
export const MEMBERS_MAX = 20;

/** Notices that are alike. What it says in words is that of the first. */
export const AlikeNotices = z.strictObject({
  notice: Notice,
  firstAt: z.iso.datetime(),
  count: z.number().int().positive(),
  members: z
    .array(z.strictObject({ about: Notice.shape.about, command: Line.optional(), run: NoticeRun }))
    .min(1)
    .max(MEMBERS_MAX),
});
export type AlikeNotices = z.infer<typeof AlikeNotices>;

/** Of more kinds a number is told: whoever floods people with notices shall not flood the workflow. */
export const GROUPS_MAX = 100;
/** The same, counted in characters of JSON: what waits has to fit into one payload of 2 MB. */
export const WAITING_SIZE_MAX = 400_000;

/** One message to people. */
export const Bulletin = z.strictObject({
  /** The same however often it is sent. */
  id: z.uuid(),
  at: z.iso.datetime(),
  groups: z.array(AlikeNotices).min(1).max(GROUPS_MAX),
  /** Notices that found no room any more. */
  unnamed: z.number().int().nonnegative(),
});
export type Bulletin = z.infer<typeof Bulletin>;

/** Ids of notices that are remembered, so that one which is passed on twice is told once. */
export const SEEN_MAX = 200;
export const TOLD_MAX = 500;
export const TROUBLES_MAX = 20;

/** Everything that waits to be told; what one run of the workflow hands to the next. */
export const Gathering = z.strictObject({
  rules: GatherRules.nullable(),
  /** By kind and likeness. */
  waiting: z
    .array(z.strictObject({ key: z.string(), dueAt: z.iso.datetime(), alike: AlikeNotices }))
    .max(GROUPS_MAX),
  /** When of each kind and likeness people were told last. */
  told: z.array(z.strictObject({ key: z.string(), at: z.iso.datetime() })).max(TOLD_MAX),
  /** When messages went out within the last hour. */
  sent: z.array(z.iso.datetime()).max(1_000),
  seen: z.array(z.string()).max(SEEN_MAX),
  unnamed: z.number().int().nonnegative(),
  /** Messages that a channel did not take, the latest ones. */
  troubles: z
    .array(z.strictObject({ at: z.iso.datetime(), channel: ShortName, why: z.string().max(500) }))
    .max(TROUBLES_MAX),
  refusedCount: z.number().int().nonnegative(),
});
export type Gathering = z.infer<typeof Gathering>;
