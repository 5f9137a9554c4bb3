import {
  loadClientConnectConfig,
  type ClientConnectConfig,
  type LoadClientProfileOptions,
} from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { StepFailure } from '../domain/failure.ts';

/** What can be said beside Temporal's own environment configuration; everything has a default there. */
export type ConnectionSettings = {
  /** Temporal's configuration file; default `TEMPORAL_CONFIG_FILE`, or `temporalio/temporal.toml` of the user. */
  configFile?: string | undefined;
  /** A profile of it; default `TEMPORAL_PROFILE`, or `default`. */
  profile?: string | undefined;
  address?: string | undefined;
  namespace?: string | undefined;
  tls?:
    | {
        disabled?: boolean | undefined;
        serverName?: string | undefined;
        serverCaCertPath?: string | undefined;
        clientCertPath?: string | undefined;
        clientKeyPath?: string | undefined;
      }
    | undefined;
};

export type ResolvedConnection = {
  address: string;
  namespace: string;
  /** Fits both kinds of connection: the client's and the worker's. */
  options: NativeConnectionOptions;
};

const DEFAULT_ADDRESS = 'localhost:7233';
const DEFAULT_NAMESPACE = 'default';

/** A host name or IPv4 address, or an IPv6 address in brackets, and perhaps a port. */
const ADDRESS = /^(?:[^\s:/@[\]]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;

/**
 * Where and how Temporal is reached: the profile, then the environment (`TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`), then what `settings` says, the later
 * winning over the earlier. With an API key TLS is on unless it is switched off.
 * Fails with `BadInput` when a file or a named profile is missing or malformed, or the address is none.
 */
export function resolveConnection(
  settings: ConnectionSettings = {},
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedConnection {
  const { configFile, profile } = settings;
  const { connectionOptions, namespace } = loaded({
    ...(configFile === undefined ? {} : { configSource: { path: configFile } }),
    ...(profile === undefined ? {} : { profile }),
    overrideEnvVars: { ...defined(environment), ...asEnvironment(settings) },
  });
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  if (!ADDRESS.test(address)) {
    throw wrong(
      `${JSON.stringify(address)} is no address of a Temporal server`,
      'Write HOST:PORT, without http:// before it, for example temporal.example.org:7233.',
    );
  }
  return {
    address,
    namespace: namespace ?? DEFAULT_NAMESPACE,
    options: { ...connectionOptions, address },
  };
}

function loaded(options: LoadClientProfileOptions): ClientConnectConfig {
  try {
    return loadClientConnectConfig(options);
  } catch (error) {
    throw wrong(
      error instanceof Error ? error.message : String(error),
      'Correct the profile or its file (TEMPORAL_CONFIG_FILE), or name another profile.',
    );
  }
}

function wrong(what: string, remedy: string): StepFailure {
  return new StepFailure('BadInput', `The connection to Temporal is configured wrongly: ${what}.`, {
    remedy,
  });
}

/** The settings as the variables that Temporal's configuration reads, so that it alone decides what they mean. */
function asEnvironment({ address, namespace, tls }: ConnectionSettings): Record<string, string> {
  return defined({
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TLS: tls === undefined ? undefined : String(tls.disabled !== true),
    TEMPORAL_TLS_SERVER_NAME: tls?.serverName,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: tls?.serverCaCertPath,
    TEMPORAL_TLS_CLIENT_CERT_PATH: tls?.clientCertPath,
    TEMPORAL_TLS_CLIENT_KEY_PATH: tls?.clientKeyPath,
  });
}

function defined(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
