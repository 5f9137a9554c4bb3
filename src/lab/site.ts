import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type PatchcycleClient } from '../client/index.ts';
import { SEARCH_ATTRIBUTES } from '../temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../temporal/server/index.ts';
import { startLabHost, type LabHost, type LabHostOptions } from './host.ts';

/** An agent is there within two seconds of its host's boot; a busy machine takes longer. */
const AGENT_TIMEOUT_MS = 60_000;
const WORKER_STOP_TIMEOUT_MS = 15_000;

export type SiteOptions = {
  /** SQLite file; without it a killed server has forgotten everything. */
  databaseFile?: string;
  /** Where the central worker keeps reports. */
  reportsDirectory: string;
  /** Gets what servers and workers say. */
  log: (line: string) => void;
};

export type SiteHostOptions = Omit<LabHostOptions, 'agentDirectory' | 'units'> & {
  /** Whether the host accepts plans that no person has approved. */
  unattended: boolean;
};

/**
 * A whole installation on this machine: Temporal, a central worker as a process of its own, and
 * lab hosts with their agents, all from what `npm run build` made. Used by the demonstration and
 * by the tests of whole cycles.
 */
export class Site {
  readonly #options: SiteOptions;
  readonly #hosts: LabHost[] = [];
  #server: EmbeddedServer;
  #worker: ChildProcess;
  #client: PatchcycleClient;

  constructor(
    options: SiteOptions,
    server: EmbeddedServer,
    worker: ChildProcess,
    client: PatchcycleClient,
  ) {
    this.#options = options;
    this.#server = server;
    this.#worker = worker;
    this.#client = client;
  }

  get client(): PatchcycleClient {
    return this.#client;
  }

  get server(): EmbeddedServer {
    return this.#server;
  }

  /** Boots a host whose agent polls; resolves when it does. */
  async startHost(options: SiteHostOptions): Promise<LabHost> {
    const { unattended, files, ...rest } = options;
    const host = await startLabHost({
      ...rest,
      agentDirectory: builtPath('agent'),
      units: ['patchcycle-agent.service'],
      files: {
        ...files,
        '/etc/patchcycle/agent.yaml': agentConfiguration(
          rest.name,
          this.#server.address,
          unattended,
        ),
        '/etc/systemd/system/patchcycle-agent.service': await readFile(
          new URL('../../packaging/patchcycle-agent.service', import.meta.url),
          'utf8',
        ),
      },
    });
    this.#hosts.push(host);
    await this.waitForAgent(rest.name);
    return host;
  }

  async waitForAgent(host: string): Promise<void> {
    const deadline = Date.now() + AGENT_TIMEOUT_MS;
    while ((await this.#client.agentPollers(host)).identities.length === 0) {
      if (Date.now() > deadline) throw new Error(`The agent of lab host ${host} does not answer`);
      await sleep(100);
    }
  }

  /** Ends the server as a crash does, and starts it again on the same port with the same file. */
  async crashServer(): Promise<void> {
    const { address, uiUrl } = this.#server;
    process.kill(this.#server.pid, 'SIGKILL');
    await this.#server.ended;
    this.#server = await startServer(this.#options, Number(address.split(':')[1]), uiUrl);
  }

  /** Ends the central worker as a crash does, and starts another. */
  async crashWorker(): Promise<void> {
    const gone = once(this.#worker, 'exit');
    this.#worker.kill('SIGKILL');
    await gone;
    this.#worker = startWorker(this.#options, this.#server.address);
  }

  /** Stops and removes everything; what fails does not keep the rest from being removed. */
  async stop(): Promise<void> {
    const results = await Promise.allSettled([
      ...this.#hosts.map((host) => host.destroy()),
      this.#client.close(),
      stopWorker(this.#worker),
    ]);
    results.push(...(await Promise.allSettled([this.#server.stop()])));
    const reasons = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    );
    if (reasons.length > 0)
      throw new AggregateError(reasons, 'The site could not be removed completely');
  }
}

export async function startSite(options: SiteOptions): Promise<Site> {
  const server = await startServer(options);
  const worker = startWorker(options, server.address);
  try {
    const client = await connect({
      address: server.address,
      ...(server.uiUrl ? { uiUrl: server.uiUrl } : {}),
    });
    return new Site(options, server, worker, client);
  } catch (error) {
    await stopWorker(worker);
    await server.stop();
    throw error;
  }
}

function startServer(
  options: SiteOptions,
  port?: number,
  uiUrl?: string | null,
): Promise<EmbeddedServer> {
  const { databaseFile, log } = options;
  return startEmbeddedServer({
    searchAttributes: SEARCH_ATTRIBUTES,
    log,
    ...(databaseFile === undefined ? {} : { databaseFile }),
    ...(port === undefined ? {} : { port }),
    ...(uiUrl ? { uiPort: Number(new URL(uiUrl).port) } : {}),
  });
}

function startWorker({ reportsDirectory, log }: SiteOptions, address: string): ChildProcess {
  const worker = spawn(
    process.execPath,
    [builtPath('patchcycle.js'), 'worker', '--address', address, '--reports', reportsDirectory],
    // A group of its own, so that Ctrl-C in a terminal reaches it only through its owner.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  worker.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') log(line);
  });
  const killAtExit = () => worker.kill('SIGKILL');
  process.once('exit', killAtExit);
  worker.once('exit', () => process.off('exit', killAtExit));
  return worker;
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, 'exit');
  worker.kill('SIGTERM');
  const timer = setTimeout(() => worker.kill('SIGKILL'), WORKER_STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(timer);
}

function agentConfiguration(
  host: string,
  address: string,
  unattended: boolean,
): { content: string; mode: number } {
  const content = `host: ${host}\nunattended: ${unattended}\ntemporal:\n  address: ${address}\n`;
  return { content, mode: 0o600 };
}

/** A file or folder that `npm run build` makes. */
function builtPath(name: string): string {
  return new URL(`../../dist/${name}`, import.meta.url).pathname;
}
