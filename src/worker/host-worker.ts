import { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { HostActivities } from '../domain/steps.ts';
import { loadHostConfig } from '../host/config.ts';
import { becomeOnlyAgent } from '../host/instance-lock.ts';
import { lockHolder } from '../host/lock.ts';
import { HOST_PATHS, type HostPaths } from '../host/paths.ts';
import { openStateDirectory } from '../host/state-dir.ts';
import { AGENT_VERSION } from '../host/version.ts';
import { resolveConnection } from '../temporal/connection.ts';
import { hostTaskQueue } from '../temporal/names.ts';
import { announceHost, recordSender } from './announce.ts';
import { hostObserver } from './observe-host.ts';
import { watchReboot, type RebootWatchSettings } from './reboot-watch.ts';
import { installRuntime } from './runtime.ts';
import { sayToStderr, type Say } from './say.ts';
import { serve } from './serve.ts';
import type { AgentParts } from './step-context.ts';
import { stopSignal } from './stop-signal.ts';
import { supervisorProgram } from './supervisor-program.ts';

/**
 * How long a stop waits for the server to hear that the running step goes back to it. A step that
 * is not given back in time is found by its missing heartbeats, which takes 20 s.
 */
const STOP_MAX_MS = 800;

export type HostWorkerOptions = {
  choosePackages: AgentParts['choosePackages'];
  /** Makes the activities; `rebootOrdered` is to be called after each order to reboot. */
  activities: (parts: AgentParts, rebootOrdered: () => void) => Partial<HostActivities>;
  paths?: HostPaths;
  say?: Say;
  /** See {@link serve}. */
  watchEveryMs?: number;
};

/**
 * Runs this host's agent until SIGTERM or SIGINT: activities only, one at a time, on the queue of
 * this host. Ends within a second of the signal; package jobs go on by themselves and are found
 * again by the next agent.
 * Fails with `HostRefuses` or `BadInput` when configuration or state directory are not in order, and
 * with `HostLocked` when another agent works in this state directory.
 */
export async function runHostWorker(options: HostWorkerOptions): Promise<void> {
  const {
    choosePackages,
    activities,
    paths = HOST_PATHS,
    say = sayToStderr,
    watchEveryMs,
  } = options;
  const config = await loadHostConfig(paths);
  await openStateDirectory(paths.stateDirectory);
  await becomeOnlyAgent(paths);
  const resolved = resolveConnection(config.temporal);
  const { host } = config;
  const stop = stopSignal(STOP_MAX_MS);
  const rebootOrdered = new EventTarget();
  const parts: AgentParts = { config, paths, supervisor: supervisorProgram(), choosePackages };
  const cycleEnded = new EventTarget();
  const steps = telling(
    activities(parts, () => rebootOrdered.dispatchEvent(new Event('ordered'))),
    () => cycleEnded.dispatchEvent(new Event('ended')),
  );

  installRuntime(say);
  await serve({
    resolved,
    say,
    stop,
    watchEveryMs,
    ready: `The agent of ${host}, version ${AGENT_VERSION}, is ready: ${resolved.address}, namespace ${resolved.namespace}.`,
    createWorker: (connection) =>
      Worker.create({
        connection,
        namespace: resolved.namespace,
        taskQueue: hostTaskQueue(host),
        identity: `agent of ${host}`,
        activities: steps,
        maxConcurrentActivityTaskExecutions: 1,
        maxConcurrentActivityTaskPolls: 1,
      }),
    beside: async (connection, signal) => {
      const client = new Client({ connection, namespace: resolved.namespace });
      await Promise.all([
        watchReboots({ parts, say, completion: client.activity, signal, rebootOrdered }),
        announceHost({
          observe: hostObserver(parts, signal),
          send: recordSender(client, signal),
          isBusy: async () => (await lockHolder(paths)) !== null,
          cycleEnded,
          say,
          signal,
        }),
      ]);
    },
  });
}

/** The same steps, of which the last one of a cycle tells that it is over. */
function telling(steps: Partial<HostActivities>, ended: () => void): Partial<HostActivities> {
  const release = steps.release?.bind(steps);
  if (release === undefined) return steps;
  return {
    ...steps,
    release: async (input) => {
      await release(input);
      ended();
    },
  };
}

type RebootWatch = {
  parts: AgentParts;
  say: Say;
  completion: RebootWatchSettings['completion'];
  signal: AbortSignal;
  rebootOrdered: EventTarget;
};

/** Looks after a reboot that was ordered before this agent started, and after each that it orders. */
async function watchReboots(watch: RebootWatch): Promise<void> {
  const { parts, say, completion, signal, rebootOrdered } = watch;
  const { paths, config } = parts;
  const look = () => watchReboot({ paths, host: config.host, completion, say, signal });
  while (!signal.aborted) {
    const next = once(rebootOrdered, signal);
    try {
      await look();
    } catch (error) {
      say(`The reboot that was ordered cannot be looked after: ${String(error)}`);
    }
    await next;
  }
}

function once(target: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve();
    if (signal.aborted) return done();
    target.addEventListener('ordered', done, { once: true });
    signal.addEventListener('abort', done, { once: true });
  });
}
