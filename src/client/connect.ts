import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Abort, Approve, Reject, Resolve } from '../domain/decision.ts';
import { abort, approve, reject, resolve } from './decide.ts';
import { webUiFor } from './links.ts';
import { listHosts } from './list.ts';
import { agentPollers, centralPollers } from './pollers.ts';
import { hostReport, waitForReport, type RunOptions } from './report.ts';
import { missingSearchAttributes } from './search-attributes.ts';
import { grpcStatus, translate, unreachable, type Session } from './session.ts';
import { planOnly, startPatch, type PatchRequest, type WaitOptions } from './start.ts';
import { hostStatus } from './status.ts';

export type ConnectOptions = {
  /** A profile of Temporal's own configuration file; default `default`, or TEMPORAL_PROFILE. */
  profile?: string;
  /** `host:port`; wins over profile and environment. */
  address?: string;
  namespace?: string;
  /** The Web UI's address for links; default PATCHCYCLE_UI_URL, or what is known of the server. */
  uiUrl?: string;
  /** How long to try, default 8 s: a person at a terminal shall hear within ten seconds. */
  timeoutMs?: number;
};

/** Everything that a script can ask of patchcycle. Each function's errors are told where it is defined. */
export type PatchcycleClient = ReturnType<typeof clientOf>;

const CONNECT_TIMEOUT_MS = 8_000;
/** Temporal's documented default. */
const DEFAULT_ADDRESS = 'localhost:7233';

/**
 * Connects by Temporal's environment configuration: profile, `TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, TLS and API key. Close the client when done, or the process stays alive.
 * Throws TemporalUnreachable, or TemporalRefused when the server declines.
 */
export async function connect(options: ConnectOptions = {}): Promise<PatchcycleClient> {
  const config = loadClientConnectConfig(
    options.profile === undefined ? {} : { profile: options.profile },
  );
  const address = options.address ?? config.connectionOptions.address ?? DEFAULT_ADDRESS;
  const namespace = options.namespace ?? config.namespace ?? 'default';
  const uiUrl = options.uiUrl ?? process.env['PATCHCYCLE_UI_URL'] ?? webUiFor(address);
  const connection = Connection.lazy({
    ...config.connectionOptions,
    address,
    connectTimeout: options.timeoutMs ?? CONNECT_TIMEOUT_MS,
  });
  const client = new Client({ connection, namespace });
  const session: Session = { client, connection, address, namespace, uiUrl };
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
    report: (host: string, options?: RunOptions) => hostReport(session, host, options),
    waitForReport: (host: string, options?: RunOptions & WaitOptions) =>
      waitForReport(session, host, options),
    agentPollers: (host: string) => agentPollers(session, host),
    centralPollers: () => centralPollers(session),
    missingSearchAttributes: () => missingSearchAttributes(session),
    close: () => session.connection.close(),
  };
}
