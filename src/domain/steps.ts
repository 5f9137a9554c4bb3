import { z } from 'zod';
import type { Approval } from './approval.ts';
import type { Facts } from './facts.ts';
import type { Check, LogReport } from './health.ts';
import type { BadReport, VersionOf } from './known-bad.ts';
import { CycleId, HostName, PersonName, Sha256 } from './names.ts';
import type { Bulletin, NoticeInput } from './notice.ts';
import type { Outcome } from './outcome.ts';
import type { PlanOverview, RebootRequired } from './plan.ts';
import { PlanLimits } from './plan-limits.ts';
import { NamedPolicy } from './policy.ts';
import type { Report } from './report.ts';
import type { ReviewInput, ReviewSummary } from './review.ts';
import type { SlotRequest } from './slot.ts';

/** The steps of a patch cycle in their order, by the names that people see. */
export const STEPS = [
  'inspect',
  'refresh',
  'plan',
  'approval',
  'window',
  'slot',
  'download',
  'drain',
  'baseline',
  'backup',
  'upgrade',
  'security-update',
  'reboot-and-wait',
  'monitor-logs',
  'verify',
  'restore',
  'undrain',
  'report',
  'retention',
] as const;
export const StepName = z.enum(STEPS);
export type StepName = z.infer<typeof StepName>;

/** What every step is told: which cycle of which host, and what the operator wants. */
export const StepInput = z.object({
  cycle: CycleId,
  host: HostName,
  policy: NamedPolicy,
  workflow: z.object({ namespace: z.string(), workflowId: z.string(), runId: z.string() }),
});
export type StepInput = z.infer<typeof StepInput>;

export const InspectInput = StepInput.extend({
  requestedBy: PersonName,
  /** The cycle whose lock may be taken over, named by a person who knows that it is dead. */
  takeOver: CycleId.optional(),
});
export type InspectInput = z.infer<typeof InspectInput>;

/** `limits` is left out where nothing is; agents of earlier versions know none. */
export const PlanInput = StepInput.extend({ limits: PlanLimits.optional() });
export type PlanInput = z.infer<typeof PlanInput>;

/** A step that acts on the plan of this digest, and only on that. */
export const PlannedStepInput = StepInput.extend({ digest: Sha256 });
export type PlannedStepInput = z.infer<typeof PlannedStepInput>;

/** `archiveSha256` is what the backup step answered; null when no backup was verified, and so nothing was changed. */
export const RestoreInput = StepInput.extend({ archiveSha256: Sha256.nullable() });
export type RestoreInput = z.infer<typeof RestoreInput>;

export type ChangeStepInput = PlannedStepInput & { approval: Approval };

export type DownloadSummary = { archives: number; downloadedBytes: number };
export type DrainSummary = { hook: string | null; updatersSuspended: string[] };
export type BaselineSummary = {
  activeServices: number;
  failedUnits: string[];
  /** One line for each probe: what it is, whether it answered, in which time. */
  probes: string[];
  knownErrorKinds: number;
};
export type BackupSummary = {
  directory: string;
  archiveSha256: string;
  archiveBytes: number;
  files: number;
};
export type InstallSummary = {
  /** Packages whose version this step brought to the plan's. */
  installed: number;
  /** Whether an interrupted package run had to be healed on the way, and how often. */
  healed: number;
  /** Configuration files that a package left aside (`.dpkg-dist`, `.rpmnew`), by path. */
  leftAside: string[];
};
export type RebootSummary = {
  rebooted: boolean;
  required: RebootRequired;
  downMs: number | null;
};
export type Verification = { checks: Check[] };
export type RestoreSummary = {
  /** Files put back, and files deleted because the change had added them. */
  restored: number;
  deleted: number;
  /** Whether the host must boot again so that nothing of the change keeps running. */
  rebootNeeded: RebootRequired;
};
export type RestoreProof = {
  exact: boolean;
  entriesCompared: number;
  /** One sentence for each difference that is left, 50 at most. */
  differences: string[];
  checks: Check[];
};
export type RetentionSummary = { kept: number; removed: string[] };

/**
 * The activities that an agent runs for its host, one at a time. Every one may be run twice and
 * after a crash at any point; each throws an ApplicationFailure of a {@link FailureType} only.
 */
export type HostActivities = {
  inspect(input: InspectInput): Promise<Facts>;
  refresh(input: StepInput): Promise<void>;
  plan(input: PlanInput): Promise<PlanOverview>;
  download(input: PlannedStepInput): Promise<DownloadSummary>;
  drain(input: StepInput): Promise<DrainSummary>;
  undrain(input: StepInput): Promise<void>;
  baseline(input: PlannedStepInput): Promise<BaselineSummary>;
  backup(input: PlannedStepInput): Promise<BackupSummary>;
  /** Whether the host would act on this approval; asked where it takes only signed ones. Throws `PlanNotApproved`. */
  checkApproval(input: ChangeStepInput): Promise<void>;
  upgrade(input: ChangeStepInput): Promise<InstallSummary>;
  securityUpdate(input: ChangeStepInput): Promise<InstallSummary>;
  /** `purpose` restore boots once more after a restore, whatever the policy says of patches. */
  rebootAndWait(input: StepInput & { purpose: 'patch' | 'restore' }): Promise<RebootSummary>;
  monitorLogs(input: StepInput): Promise<LogReport>;
  verify(input: PlannedStepInput): Promise<Verification>;
  /** The undo of backup, upgrade, security-update and reboot: harmless where no backup was made. */
  restore(input: RestoreInput): Promise<RestoreSummary | null>;
  proveRestored(input: StepInput): Promise<RestoreProof>;
  /** Completes the draft with what only the host knows, keeps it on the host, and returns it. */
  report(input: StepInput & { draft: Report }): Promise<Report>;
  retention(input: StepInput): Promise<RetentionSummary>;
  /** Gives the host's lock back; the last word of every cycle to its host. */
  release(input: StepInput): Promise<void>;
};

export type WorkflowRun = { workflowId: string; runId: string };
/** `status` is Temporal's own word in lower case, or `unknown`; `outcome` is there where a cycle has one. */
export type ClosedRun = WorkflowRun & { status: string; outcome?: Outcome };

/** The activities that central workers run. */
export type ControlActivities = {
  /** Keeps the report in the store of the central worker; running it again overwrites the same files. */
  storeReport(report: Report): Promise<{ location: string }>;
  /** Asks for a slot of this group, and begins its book where there is none. Asking again changes nothing. */
  askForSlot(input: { group: string; request: SlotRequest }): Promise<void>;
  /** The versions that plans leave out now. */
  listKnownBad(): Promise<VersionOf[]>;
  /** After a restore: versions that may have been the reason. Saying it again changes nothing. */
  reportBad(report: BadReport): Promise<void>;
  /** Those of these workflow runs that are over, or that nobody knows any more. */
  closedRuns(runs: WorkflowRun[]): Promise<ClosedRun[]>;
  /** Finds what a person has to look at in the whole fleet, and keeps it in the store. Running it again makes another review. */
  reviewFleet(input: ReviewInput): Promise<ReviewSummary>;
  /** Tells people: says it to the worker's log, and passes it on to where what is alike is gathered. */
  notify(notice: NoticeInput): Promise<void>;
  /** Hands a message to one channel. Fails with `ChannelFailed` when that does not take it. */
  deliver(input: { channel: string; bulletin: Bulletin }): Promise<void>;
};
