import { Client, Connection } from '@temporalio/client';
import type { Abort, Approve, Reject, Resolve } from '../domain/decision.ts';
import { StepFailure } from '../domain/failure.ts';
import type { ClearBad } from '../domain/known-bad.ts';
import type { Acknowledge, ReviewInput } from '../domain/review.ts';
import type { RolloutInput } from '../domain/rollout.ts';
import type { RolloutDecision } from '../domain/rollout-decision.ts';
import type { SlotFree } from '../domain/slot.ts';
import type { Inventory } from '../planning/inventory.ts';
import type { ScheduleChange } from '../planning/schedule-changes.ts';
import { resolveConnection, type ResolvedConnection } from '../temporal/connection.ts';
import { FORGIVING } from '../temporal/forgiving-codec.ts';
import { webUiFor } from '../temporal/web-ui.ts';
import { audit, type AuditRequest } from './audit.ts';
import { budgetStatus, freeSlot, listBudgets } from './budgets.ts';
import { abort, approve, reject, resolve } from './decide.ts';
import { BadRequest } from './errors.ts';
import { diffFleet, listFleet } from './fleet.ts';
import { clearKnownBad, knownBad } from './known-bad.ts';
import { listHosts } from './list.ts';
import { notifications } from './notifications.ts';
import { agentPollers, centralPollers } from './pollers.ts';
import { hostReport, waitForReport, type RunOptions } from './report.ts';
import {
  acknowledgedPolicies,
  acknowledgePolicy,
  startReview,
  waitForReview,
  type StartedReview,
} from './review.ts';
import { applySchedules, planSchedules } from './schedules/apply.ts';
import { listSchedules } from './schedules/list.ts';
import {
  pauseSchedule,
  removeSchedule,
  resumeSchedule,
  triggerSchedule,
  type SteeringWords,
} from './schedules/steer.ts';
import { missingSearchAttributes } from './search-attributes.ts';
import { decideRollout } from './rollouts/decide.ts';
import { listRollouts } from './rollouts/list.ts';
import { startRollout } from './rollouts/start.ts';
import { rolloutStatus } from './rollouts/status.ts';
import { closeSession, retryInterceptors, type Session } from './session.ts';
import { grpcStatus, translate, unreachable } from './exchange.ts';
import { planOnly, startPatch, type PatchRequest, type WaitOptions } from './start.ts';
import { hostStatus } from './status.ts';
import type { StoredReports } from './stored-report.ts';

export type ConnectOptions = {
  /** A profile of Temporal's own configuration file; default `default`, or TEMPORAL_PROFILE. */
  profile?: string;
  /** `host:port`; wins over profile and environment. */
  address?: string;
  namespace?: string;
  /** The Web UI's address for links; default PATCHCYCLE_UI_URL, or what is known of the server. */
  uiUrl?: string;
  /** How long to try, default 5 s: a person at a terminal shall hear soon. */
  timeoutMs?: number;
};

/** Everything that a script can ask of patchcycle. Each function's errors are told where it is defined. */
export type PatchcycleClient = ReturnType<typeof clientOf>;

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects by Temporal's environment configuration: profile, `TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, TLS and API key. Close the client when done, or the process stays alive.
 * Throws TemporalUnreachable, or TemporalRefused when the server declines, BadRequest when
 * the connection's own configuration is wrong.
 */
export async function connect(options: ConnectOptions = {}): Promise<PatchcycleClient> {
  const { address, namespace, options: settings } = settingsOf(options);
  const uiUrl = options.uiUrl ?? process.env['PATCHCYCLE_UI_URL'] ?? webUiFor(address);
  const connectTimeout = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
  const closing = new AbortController();
  const interceptors = retryInterceptors(closing.signal);
  const connection = Connection.lazy({ ...settings, connectTimeout, interceptors });
  const client = new Client({ connection, namespace, dataConverter: FORGIVING });
  const calls = new Set<Promise<unknown>>();
  const session = { client, connection, address, namespace, uiUrl, closing, calls };
  try {
    await connection.ensureConnected();
  } catch (error) {
    await connection.close();
    const doing = 'connecting';
    throw grpcStatus(error) === null
      ? unreachable(address, doing, error)
      : translate(error, session, doing);
  }
  return clientOf(session);
}

/** What the caller names wins over the environment, which wins over the profile. */
function settingsOf({ profile, address, namespace }: ConnectOptions): ResolvedConnection {
  const named = {
    ...(address === undefined ? {} : { TEMPORAL_ADDRESS: address }),
    ...(namespace === undefined ? {} : { TEMPORAL_NAMESPACE: namespace }),
  };
  try {
    return resolveConnection({ profile }, { ...process.env, ...named });
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    throw new BadRequest(error.message, error.details.remedy, { cause: error });
  }
}

function clientOf(session: Session) {
  return {
    address: session.address,
    namespace: session.namespace,
    uiUrl: session.uiUrl,
    startPatch: (request: PatchRequest) => startPatch(session, request),
    planOnly: (request: PatchRequest, options?: WaitOptions) => planOnly(session, request, options),
    approve: (host: string, words: Approve) => approve(session, host, words),
    reject: (host: string, words: Reject) => reject(session, host, words),
    abort: (host: string, words: Abort) => abort(session, host, words),
    resolve: (host: string, words: Resolve) => resolve(session, host, words),
    status: (host: string) => hostStatus(session, host),
    list: () => listHosts(session),
    report: (host: string, options?: RunOptions & StoredReports) =>
      hostReport(session, host, options),
    waitForReport: (host: string, options?: RunOptions & WaitOptions) =>
      waitForReport(session, host, options),
    audit: (request: AuditRequest) => audit(session, request),
    startRollout: (name: string, input: RolloutInput) => startRollout(session, name, input),
    rolloutStatus: (name: string) => rolloutStatus(session, name),
    listRollouts: () => listRollouts(session),
    decideRollout: (name: string, decision: RolloutDecision) =>
      decideRollout(session, name, decision),
    budget: (group: string) => budgetStatus(session, group),
    listBudgets: () => listBudgets(session),
    freeSlot: (group: string, words: SlotFree) => freeSlot(session, group, words),
    listFleet: (inventory?: Inventory | null) => listFleet(session, inventory),
    diffInventory: (inventory: Inventory) => diffFleet(session, inventory),
    notifications: () => notifications(session),
    knownBad: () => knownBad(session),
    clearKnownBad: (words: ClearBad) => clearKnownBad(session, words),
    startReview: (input: ReviewInput) => startReview(session, input),
    waitForReview: (review: StartedReview, options?: WaitOptions) =>
      waitForReview(session, review, options),
    acknowledgePolicy: (words: Acknowledge) => acknowledgePolicy(session, words),
    acknowledgedPolicies: () => acknowledgedPolicies(session),
    planSchedules: (inventory: Inventory) => planSchedules(session, inventory),
    applySchedules: (changes: readonly ScheduleChange[], by: string) =>
      applySchedules(session, changes, by),
    listSchedules: () => listSchedules(session),
    pauseSchedule: (name: string, words: SteeringWords) => pauseSchedule(session, name, words),
    resumeSchedule: (name: string, words: SteeringWords) => resumeSchedule(session, name, words),
    triggerSchedule: (name: string) => triggerSchedule(session, name),
    removeSchedule: (name: string) => removeSchedule(session, name),
    agentPollers: (host: string) => agentPollers(session, host),
    centralPollers: () => centralPollers(session),
    missingSearchAttributes: () => missingSearchAttributes(session),
    /** Ends everything that is under way; cycles go on. */
    close: () => closeSession(session),
  };
}
