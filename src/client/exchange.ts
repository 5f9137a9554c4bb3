import {
  isGrpcServiceError,
  ServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { NamespaceNotFoundError } from '@temporalio/common';
import { SEARCH_ATTRIBUTES } from '../temporal/names.ts';
import { call, type Session } from './session.ts';
import { SearchAttributesMissing, TemporalRefused, TemporalUnreachable } from './errors.ts';

/** Within this a person must hear that Temporal does not answer. */
const ANSWER_TIMEOUT_MS = 8_000;

/**
 * One exchange with Temporal, bounded in time. `doing` is a piece of a sentence for the message,
 * for example `starting the patch cycle of web-1`.
 * Errors of the connection become this folder's; every other error is thrown on.
 */
export async function exchange<T>(
  session: Session,
  doing: string,
  work: () => Promise<T>,
  timeoutMs: number = ANSWER_TIMEOUT_MS,
): Promise<T> {
  try {
    return await call(session, work, { timeoutMs });
  } catch (error) {
    throw translate(error, session, doing);
  }
}

/** A server that is there tells its version at once. */
const SIGN_OF_LIFE_MS = 2_000;

/** Whether Temporal answers at all. */
export async function answers(session: Session): Promise<boolean> {
  try {
    const look = () => session.connection.workflowService.getSystemInfo({});
    await call(session, look, { timeoutMs: SIGN_OF_LIFE_MS });
    return true;
  } catch (error) {
    if (grpcStatus(error) === null) throw error;
    return false;
  }
}

/** The status of a gRPC error, wherever in the chain of causes it is; null for other errors. */
export function grpcStatus(error: unknown): { code: number; details: string } | null {
  if (isGrpcServiceError(error)) return { code: error.code, details: error.details };
  return error instanceof Error && error.cause !== undefined ? grpcStatus(error.cause) : null;
}

/** Numbers of https://grpc.github.io/grpc/core/md_doc_statuscodes.html. */
export const GRPC = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/**
 * Whether a call that nobody here stopped got no answer in time. A call that is stopped here ends
 * with the reason why; a cancelled one the server broke off, as it does when the call's time is
 * over by its clock and not yet by ours.
 */
export function gaveNoAnswer({ code }: { code: number }): boolean {
  return [GRPC.unavailable, GRPC.deadlineExceeded, GRPC.cancelled].some((away) => away === code);
}

export function translate(error: unknown, session: Session, doing: string): unknown {
  const { address, namespace } = session;
  if (error instanceof NamespaceNotFoundError) {
    return new TemporalRefused(
      `Temporal at ${address} has no namespace ${namespace} (${doing}).`,
      'Name the right one with TEMPORAL_NAMESPACE or --namespace, or create it: temporal operator namespace create.',
      { cause: error },
    );
  }
  // An update without an answer may as well lack a worker; its sender finds out which.
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return error;
  const status = grpcStatus(error);
  if (status === null) return error;
  if (gaveNoAnswer(status)) return unreachable(address, doing, error);
  switch (status.code) {
    case GRPC.unauthenticated:
    case GRPC.permissionDenied:
      return new TemporalRefused(
        `Temporal at ${address} refuses access to namespace ${namespace} (${doing}): ${status.details}`,
        'Check the API key or certificate of the connection profile (temporal config list).',
        { cause: error },
      );
    case GRPC.invalidArgument:
      return /search attribute/i.test(status.details)
        ? searchAttributesMissing(session, status.details, error)
        : refused(address, doing, status.details, error);
    case GRPC.resourceExhausted:
      return refused(address, doing, status.details, error);
    default:
      return error instanceof ServiceError ? refused(address, doing, status.details, error) : error;
  }
}

export function unreachable(address: string, doing: string, cause: unknown): TemporalUnreachable {
  return new TemporalUnreachable(
    `Temporal at ${address} cannot be reached (${doing}).`,
    'Check that it runs and that TEMPORAL_ADDRESS or --address is right; to try things out, start one with: patchcycle server',
    { cause },
  );
}

function refused(address: string, doing: string, details: string, cause: unknown): TemporalRefused {
  return new TemporalRefused(
    `Temporal at ${address} declined (${doing}): ${details}`,
    'Run patchcycle doctor, which checks the connection, the namespace and its search attributes.',
    { cause },
  );
}

function searchAttributesMissing(
  { address, namespace }: Session,
  details: string,
  cause: unknown,
): SearchAttributesMissing {
  return new SearchAttributesMissing(
    `Namespace ${namespace} of Temporal at ${address} lacks patchcycle's search attributes: ${details}`,
    `Register them: ${registerCommand(namespace)}`,
    { cause },
  );
}

/** The command of Temporal's own CLI that registers all of this project's search attributes. */
export function registerCommand(namespace: string): string {
  const pairs = Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    `--name ${name}`,
    `--type ${type}`,
  ]);
  return `temporal operator search-attribute create --namespace ${namespace} ${pairs.join(' ')}`;
}
