import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import type { Server } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { findTemporalCli } from './executable.ts';
import { freePort, requireFree } from './free-port.ts';
import { holdName } from './hold-name.ts';

/** Loopback by default: the development server lets in everybody who reaches it. */
const LOOPBACK = '127.0.0.1';
/** What listens on every address is reached on loopback too. */
const EVERY_ADDRESS = '0.0.0.0';
const NAMESPACE = 'default';

/** It answers within two seconds; on a large database file and a busy machine it takes longer. */
const START_TIMEOUT_MS = 60_000;
const ATTEMPT_INTERVAL_MS = 100;
const CALL_TIMEOUT_MS = 2_000;
/** It closes its database within a second; after this it is ended without being asked. */
const STOP_TIMEOUT_MS = 10_000;
/** Of what the server says, kept for the message when it does not start. */
const KEPT_LINES = 10;

/**
 * Every host has a task queue of its own, with one worker that polls. Four partitions of each, the
 * default, find that one no sooner, cost a fifth of the server's work and half of its memory, and
 * make it refuse calls when some hundred agents connect at once. For the same reason what the
 * server does for each queue in the background is done seldom, and figures of each, a third of the
 * memory, are not kept: nobody reads them.
 */
const SETTINGS = [
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'matching.maxTaskQueueIdleTime="1m"',
  'matching.updateAckInterval="10m"',
  'matching.ephemeralDataUpdateInterval="1m"',
  'metrics.breakdownByTaskQueue=false',
  // What is done is taken off the queues' books soon: every new task goes through the whole book.
  'history.transferProcessorUpdateAckInterval="5s"',
  'history.timerProcessorUpdateAckInterval="5s"',
  'history.visibilityProcessorUpdateAckInterval="5s"',
  // With a second reader, which is for namespaces that get in each other's way, looking through the
  // timers took ever longer: after ninety seconds of a rollout a tenth of the server's work.
  'history.transferQueueMaxReaderCount=1',
  'history.timerQueueMaxReaderCount=1',
  'history.visibilityQueueMaxReaderCount=1',
  // The agents of a fleet that connect all at once are no attack.
  'matching.persistenceMaxQPS=100000',
];

/**
 * From here on its own memory is cleaned up oftener instead of growing. SQLite's, which holds the
 * histories, comes to it: with ten thousand cycles that wait 700 MB.
 */
const MEMORY_GOAL = '1200MiB';

/**
 * Every agent that waits for work keeps a deep stack in the server, and all of them are looked
 * through whenever memory is cleaned up. With a thousand agents that was a seventh of its work, and
 * a twentieth more was spent on stacks that grow anew at each call; so it cleans up a third as
 * often, and begins stacks in the size that they usually get.
 */
const GO_SETTINGS = { GOMEMLIMIT: MEMORY_GOAL, GOGC: '300', GODEBUG: 'adaptivestackstart=1' };

export type EmbeddedServerOptions = {
  /** SQLite file that makes everything durable; without it all is gone when the server stops. */
  databaseFile?: string;
  /** The IPv4 address on which it listens, `0.0.0.0` for all; default loopback. The Web UI stays on loopback. */
  ip?: string;
  /** Default: one that is free. */
  port?: number;
  /** Default: one that is free; `null` for no Web UI. */
  uiPort?: number | null;
  /** Name and type of each, registered before the server answers. */
  searchAttributes: Readonly<Record<string, string>>;
  /** Gets the server's own errors, and what is done to find the program. */
  log: (line: string) => void;
};

export type EmbeddedServer = {
  /** host:port of the gRPC service. */
  address: string;
  /** null when it was started without the Web UI. */
  uiUrl: string | null;
  pid: number;
  /** Resolves when the server has ended by itself or by somebody else's hand. */
  ended: Promise<void>;
  /** Ends this one process and waits until it is gone. May be called again. */
  stop(): Promise<void>;
};

/**
 * Starts Temporal's development server as a child process and waits until it answers with the
 * search attributes in place. It gets a process group of its own, so that Ctrl-C in a terminal
 * leaves it running until its owner has tidied up; it does not outlive this process's exit.
 * Throws when a port is taken or another server has the database, and with the server's last lines when it does not answer within a minute.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const program = await findTemporalCli({ progress: options.log });
  const port = options.port ?? (await freePort());
  const uiPort = options.uiPort === null ? null : (options.uiPort ?? (await freePort()));
  // Whoever has the port already would answer in its place, and be taken for it.
  await requireFree(port, options.ip);
  if (uiPort !== null) await requireFree(uiPort);
  const hold = options.databaseFile === undefined ? null : await holdDatabase(options.databaseFile);
  const child = spawn(program, serverArguments(options, port, uiPort), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...GO_SETTINGS, ...process.env },
  });
  let stopping = false;
  const lines = followOutput(child, (line) => {
    // A server that goes down complains of every connection that it closes.
    if (!stopping) options.log(line);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = () => {
    stopping = true;
    return stopChild(child, ended);
  };
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  void ended.then(() => process.off('exit', killAtExit));
  // A child that could not be started does not exit either.
  child.once('error', () => hold?.close());
  void ended.then(() => hold?.close());

  const { ip = LOOPBACK } = options;
  const address = `${ip === EVERY_ADDRESS ? LOOPBACK : ip}:${port}`;
  try {
    await once(child, 'spawn');
    await untilReady(address, options.searchAttributes, ended);
  } catch (error) {
    await stop();
    const said = lines.length === 0 ? '' : ` It said:\n${lines.join('\n')}`;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Temporal's server (${program}) did not start on ${address}: ${reason}.${said}`,
      {
        cause: error,
      },
    );
  }
  const uiUrl = uiPort === null ? null : `http://${LOOPBACK}:${uiPort}`;
  return { address, uiUrl, pid: child.pid ?? 0, ended, stop };
}

/** Two servers would write into the same file, each as if it were alone. */
async function holdDatabase(file: string): Promise<Server> {
  const directory = resolve(dirname(file));
  // Of a directory that is not there or not to be entered the server itself says what is wrong.
  const path = join(await realpath(directory).catch(() => directory), basename(file));
  const hold = await holdName(`database-${createHash('sha256').update(path).digest('hex')}`);
  if (hold !== null) return hold;
  throw new Error(`Another server that patchcycle started has the database ${file} open.`);
}

function serverArguments(
  { databaseFile, searchAttributes, ip = LOOPBACK }: EmbeddedServerOptions,
  port: number,
  uiPort: number | null,
): string[] {
  return [
    ...['server', 'start-dev', '--ip', ip, '--port', String(port)],
    ...(uiPort === null ? ['--headless'] : ['--ui-ip', LOOPBACK, '--ui-port', String(uiPort)]),
    ...SETTINGS.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...['--log-format', 'pretty', '--log-level', 'error'],
    ...(databaseFile === undefined ? [] : ['--db-filename', databaseFile]),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
  ];
}

/** Hands errors on (standard output has a banner); answers the live list of the last few lines. */
function followOutput(child: ChildProcess, log: (line: string) => void): readonly string[] {
  const last: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (stream === child.stderr) log(line);
      last.push(line);
      if (last.length > KEPT_LINES) last.shift();
    });
  }
  return last;
}

async function untilReady(
  address: string,
  searchAttributes: Readonly<Record<string, string>>,
  ended: Promise<void>,
): Promise<void> {
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  const deadline = Date.now() + START_TIMEOUT_MS;
  let reason = 'it does not answer';
  while (Date.now() < deadline) {
    if (hasEnded) throw new Error('the process ended');
    try {
      const missing = await missingAttributes(address, Object.keys(searchAttributes));
      if (missing.length === 0) return;
      reason = `it has no search attribute ${missing.join(', ')}`;
    } catch (error) {
      // Until it listens every call fails; the last reason goes into the message.
      reason = error instanceof Error ? error.message : String(error);
    }
    await sleep(ATTEMPT_INTERVAL_MS);
  }
  throw new Error(`not ready within ${START_TIMEOUT_MS / 1000} s, ${reason}`);
}

async function missingAttributes(address: string, names: readonly string[]): Promise<string[]> {
  const connection = await Connection.connect({ address, connectTimeout: CALL_TIMEOUT_MS });
  try {
    const { customAttributes } = await connection.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      connection.operatorService.listSearchAttributes({ namespace: NAMESPACE }),
    );
    return names.filter((name) => customAttributes[name] === undefined);
  } finally {
    await connection.close();
  }
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timeout = new AbortController();
  const inTime = await Promise.race([
    ended.then(() => true),
    sleep(STOP_TIMEOUT_MS, false, { signal: timeout.signal }).catch(() => true),
  ]);
  timeout.abort();
  if (!inTime) child.kill('SIGKILL');
  await ended;
}
