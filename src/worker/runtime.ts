import { Runtime, type Logger, type LogLevel } from '@temporalio/worker';
import type { LogMetadata } from '@temporalio/common';
import { maskSecrets } from '../host/mask.ts';
import type { Say } from './say.ts';

const SENTENCE_LENGTH_MAX = 1_000;

/**
 * Sets Temporal's runtime up for a process that runs for months: signals are handled by whoever
 * calls, metrics and worker heartbeats are off, and of the log only warnings are said, one line
 * each. What the native part says about a lost connection, over and over, is left out: see
 * {@link watchConnection}. Once a process.
 */
export function installRuntime(say: Say): void {
  Runtime.install({
    shutdownSignals: [],
    workerHeartbeatInterval: 0,
    logger: quietLogger(say),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}

function quietLogger(say: Say): Logger {
  const log = (level: LogLevel, message: string, meta?: LogMetadata): void => {
    if (level !== 'WARN' && level !== 'ERROR') return;
    // An agent runs no workflows, and that is how it is meant.
    if (message.startsWith('No workflows registered')) return;
    const error: unknown = meta?.['error'];
    const why = error instanceof Error ? `: ${error.message}` : '';
    const of = typeof meta?.['activityType'] === 'string' ? ` (${meta['activityType']})` : '';
    say(maskSecrets(`${message}${of}${why}`).slice(0, SENTENCE_LENGTH_MAX));
  };
  return {
    log,
    trace: () => {},
    debug: () => {},
    info: () => {},
    warn: (message, meta) => log('WARN', message, meta),
    error: (message, meta) => log('ERROR', message, meta),
  };
}
