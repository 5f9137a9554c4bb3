import { z } from 'zod';

/**
 * Everything that can go wrong in operation, by type. `retryable` says whether the same step can
 * succeed when it is run again without anybody doing anything.
 * A broken invariant is not in this list: it throws a plain Error.
 */
export const FAILURES = {
  BadInput: { retryable: false },
  HostRefuses: { retryable: false },
  HostLocked: { retryable: false },
  HostUnreachable: { retryable: false },
  UnsupportedHost: { retryable: false },
  NotEnoughSpace: { retryable: false },
  ClockSkew: { retryable: false },
  PackagesInterrupted: { retryable: false },
  MirrorUnreachable: { retryable: true },
  MirrorListsBroken: { retryable: true },
  ReleaseExpired: { retryable: false },
  SignatureInvalid: { retryable: false },
  HashMismatch: { retryable: false },
  VersionVanished: { retryable: false },
  DependencyProblem: { retryable: false },
  PackageLockHeld: { retryable: true },
  PlanUnparsable: { retryable: false },
  PlanNotApproved: { retryable: false },
  PlanDrifted: { retryable: false },
  HookFailed: { retryable: false },
  UpdatersNotSuspended: { retryable: true },
  UnhealthyBefore: { retryable: false },
  BackupUnverifiable: { retryable: false },
  BackupTampered: { retryable: false },
  BackupMissing: { retryable: false },
  PackageJobFailed: { retryable: false },
  PackageJobTimedOut: { retryable: false },
  PackageStateBroken: { retryable: false },
  RebootNotProven: { retryable: true },
  RebootCapReached: { retryable: false },
  WindowClosed: { retryable: false },
  NewLogErrors: { retryable: false },
  HealthWorse: { retryable: false },
  RestoreIncomplete: { retryable: false },
  CommandFailed: { retryable: true },
  ReportStoreFailed: { retryable: true },
  /** A fault of patchcycle itself; see src/worker/application-failure.ts. */
  Unexpected: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

export type FailureType = keyof typeof FAILURES;
export const FailureType = z.enum(Object.keys(FAILURES) as [FailureType, ...FailureType[]]);

/** The command that failed, bounded so that it fits into a workflow's history. */
export const FailedCommand = z.object({
  argv: z.array(z.string()),
  /** null when the command was ended by a signal or could not be started. */
  exitCode: z.number().nullable(),
  /** The end of what it wrote to standard error, 2,000 characters at most, secrets masked. */
  stderrTail: z.string(),
});
export type FailedCommand = z.infer<typeof FailedCommand>;

/** How many findings one failure carries. */
export const FINDINGS_MAX = 50;

/** What a step's failure carries besides its message; becomes the details of an ApplicationFailure. */
export const FailureDetails = z.object({
  /** What the person on call should do next, one or two sentences. */
  remedy: z.string(),
  command: FailedCommand.optional(),
  /** Single observations, one sentence each, for example one line for each service that is down. */
  findings: z.array(z.string()).max(FINDINGS_MAX).optional(),
});
export type FailureDetails = z.infer<typeof FailureDetails>;

/** A failure as the report and the cycle's state keep it. */
export const FailureRecord = z.object({
  type: z.string(),
  message: z.string(),
  details: FailureDetails.optional(),
});
export type FailureRecord = z.infer<typeof FailureRecord>;

/**
 * Thrown by everything that acts on a host. The agent turns it into an ApplicationFailure of the
 * same type; nothing else is thrown for what can go wrong in operation.
 */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  readonly type: FailureType;
  readonly details: FailureDetails;

  constructor(type: FailureType, message: string, details: FailureDetails) {
    super(message);
    this.type = type;
    this.details = details;
  }

  get retryable(): boolean {
    return FAILURES[this.type].retryable;
  }
}
