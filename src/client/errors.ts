/**
 * What can go wrong between a script and the patch cycle. Every error says what failed on which
 * host in `message` and what to do next in `remedy`; its `name` is stable and goes into JSON.
 */
export class PatchcycleError extends Error {
  override readonly name: string = 'PatchcycleError';
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.remedy = remedy;
  }
}

/** The caller's own input is wrong; nothing was sent. */
export class BadRequest extends PatchcycleError {
  override readonly name = 'BadRequest';
}

/** Nobody answers at Temporal's address, or the connection broke and did not come back in time. */
export class TemporalUnreachable extends PatchcycleError {
  override readonly name = 'TemporalUnreachable';
}

/** Temporal answers and declines: no such namespace, no permission, a limit. */
export class TemporalRefused extends PatchcycleError {
  override readonly name = 'TemporalRefused';
}

/** The namespace does not know this project's search attributes. */
export class SearchAttributesMissing extends PatchcycleError {
  override readonly name = 'SearchAttributesMissing';
}

/** A cycle (or a plan) of this host runs already; this names the first one. */
export class CycleAlreadyRunning extends PatchcycleError {
  readonly host: string;
  readonly workflowId: string;
  readonly runId: string | null;
  /** ISO 8601, UTC; null where the running one could not be looked at. */
  readonly startedAt: string | null;
  /** The Web UI's page of the running one; null where the Web UI's address is not known. */
  readonly link: string | null;

  constructor(
    running: Pick<CycleAlreadyRunning, 'host' | 'workflowId' | 'runId' | 'startedAt' | 'link'>,
    what: string,
    remedy: string,
  ) {
    const since = running.startedAt === null ? '' : ` since ${running.startedAt}`;
    const run = running.runId === null ? '' : `, run ${running.runId}`;
    const where = running.link === null ? '' : `: ${running.link}`;
    super(
      `${what} of ${running.host} is running${since} (workflow ${running.workflowId}${run})${where}`,
      remedy,
    );
    this.host = running.host;
    this.workflowId = running.workflowId;
    this.runId = running.runId;
    this.startedAt = running.startedAt;
    this.link = running.link;
  }

  override readonly name = 'CycleAlreadyRunning';
}

/** No cycle of this host is known. */
export class NoCycle extends PatchcycleError {
  override readonly name = 'NoCycle';
}

/** No rollout of this name is known, or none runs. */
export class NoRollout extends PatchcycleError {
  override readonly name = 'NoRollout';
}

/** The cycle or the rollout declines a decision; the message has its reason, and nothing has changed. */
export class DecisionRefused extends PatchcycleError {
  override readonly name = 'DecisionRefused';
}

/** No schedule of this name is known. */
export class NoSchedule extends PatchcycleError {
  override readonly name = 'NoSchedule';
}

/** The schedule was not triggered, because what it started last still runs. */
export class RolloutAlreadyRunning extends PatchcycleError {
  override readonly name = 'RolloutAlreadyRunning';
}

/** Temporal took the message, but no central worker answered in time; it may still take effect. */
export class NoAnswer extends PatchcycleError {
  override readonly name = 'NoAnswer';
}

/** The workflow is over without a report: terminated, timed out, or failed before its first step. */
export class NoReport extends PatchcycleError {
  override readonly name = 'NoReport';
}

/** The cycle still runs, and so has no report yet. */
export class NotEnded extends PatchcycleError {
  override readonly name = 'NotEnded';
}

/** The host could not make a plan. */
export class PlanFailed extends PatchcycleError {
  /** A type of src/domain/failure.ts, or the name of whatever else was thrown. */
  readonly failureType: string;

  constructor(failureType: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, remedy, options);
    this.failureType = failureType;
  }

  override readonly name = 'PlanFailed';
}

/** The caller's own time limit is over; what was waited for goes on. */
export class WaitedTooLong extends PatchcycleError {
  override readonly name = 'WaitedTooLong';
}
