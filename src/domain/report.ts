import { z } from 'zod';
import { RefusedMessage, TakenDecision } from './decision.ts';
import { FailureRecord } from './failure.ts';
import { Facts } from './facts.ts';
import { Check, LogReport } from './health.ts';
import { CycleId, HostName } from './names.ts';
import { Outcome } from './outcome.ts';
import { PlanOverview, RebootRequired, Scope } from './plan.ts';

/** One step as it went; the timeline of the cycle is the list of these. */
export const StepRecord = z.object({
  step: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  status: z.enum(['running', 'done', 'failed', 'skipped']),
  /** One sentence of what came out of it, for people. */
  summary: z.string().max(500),
  /** What failed, in brief; `failures` of the report tell those that decided its ending in full. */
  failure: FailureRecord.pick({ type: true, message: true }).optional(),
});
export type StepRecord = z.infer<typeof StepRecord>;

/** One command that was run on the host. */
export const CommandRecord = z.object({
  at: z.iso.datetime(),
  step: z.string(),
  argv: z.array(z.string()),
  exitCode: z.number().nullable(),
  durationMs: z.number(),
});
export type CommandRecord = z.infer<typeof CommandRecord>;

/** Commands that a report lists; beyond that they are counted. About 30 kB of history. */
export const REPORTED_COMMANDS_MAX = 150;

/** Everything about one cycle that people ask afterwards. Also the workflow's result, so every list is bounded. */
export const Report = z.object({
  format: z.literal(1),
  host: HostName,
  cycle: CycleId,
  workflow: z.object({ namespace: z.string(), workflowId: z.string(), runId: z.string() }),
  policy: z.string(),
  scope: Scope,
  requestedBy: z.string(),
  reason: z.string().optional(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  outcome: Outcome,
  /** One or two sentences: what this outcome means here and why it came to it. */
  explanation: z.string(),
  facts: Facts.nullable(),
  plan: PlanOverview.nullable(),
  /** On whose word the plan was installed, in words; null when nothing was approved. */
  approvedBy: z.string().nullable(),
  decisions: z.array(TakenDecision).max(100),
  refused: z.array(RefusedMessage),
  refusedCount: z.number().int(),
  steps: z.array(StepRecord).max(200),
  leftAside: z.array(z.string()).max(200),
  reboots: z
    .array(z.object({ purpose: z.string(), reason: RebootRequired, downMs: z.number().nullable() }))
    .max(10),
  logs: LogReport.nullable(),
  checks: z.array(Check).max(500),
  backup: z
    .object({
      directory: z.string(),
      archiveSha256: z.string(),
      archiveBytes: z.number(),
      files: z.number(),
    })
    .nullable(),
  /** Proof that a restore put everything back; null where nothing was restored. */
  restore: z
    .object({
      exact: z.boolean(),
      entriesCompared: z.number(),
      differences: z.array(z.string()).max(50),
      checks: z.array(Check),
    })
    .nullable(),
  /** The failures that decided the ending, in their order. */
  failures: z.array(FailureRecord).max(50),
  commands: z.array(CommandRecord).max(REPORTED_COMMANDS_MAX),
  commandCount: z.number().int(),
});
export type Report = z.infer<typeof Report>;
