import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { connect, type PatchcycleClient } from '../../src/client/index.ts';
import { ensureBuilt } from '../../src/lab/build-product.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/names.ts';
import { startEmbeddedServer } from '../../src/temporal/server/index.ts';
import { installRuntime } from '../../src/worker/runtime.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** It loads half a megabyte of workflows; a busy machine takes longer than the usual second. */
const WORKER_START_MS = 60_000;
const WORKER_STOP_MS = 15_000;

export type Installation = {
  address: string;
  client: PatchcycleClient;
  /** Temporal's own client, for what the product's does not ask. */
  temporal: Client;
  /** For agents of model hosts. */
  native: NativeConnection;
  serverPid: number;
  workerPid: number;
};

/** Once a process; what agents say of their starts and stops is no result. */
let hasRuntime = false;

/**
 * Runs a measurement on an embedded server and one central worker, each a process of its own as in
 * production. Both, and all that they have kept, are gone afterwards whatever happens.
 * `bundlePath`: the workflows; those of the build by default.
 */
export async function onInstallation<T>(
  measure: (installation: Installation) => Promise<T>,
  bundlePath?: string,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  await ensureBuilt((line) => console.error(line));
  const { path: reports } = stack.use(await temporaryDirectory());
  const server = await startEmbeddedServer({
    searchAttributes: SEARCH_ATTRIBUTES,
    uiPort: null,
    log: (line) => console.error(line),
  });
  stack.defer(() => server.stop());
  const { address } = server;
  const worker = await startWorker(address, bundlePath ?? builtPath('workflows.js'), reports);
  stack.defer(() => stopWorker(worker));
  const client = await connect({ address });
  stack.defer(() => client.close());
  if (!hasRuntime) installRuntime((line) => console.error(line));
  hasRuntime = true;
  const native = await NativeConnection.connect({ address });
  stack.defer(() => native.close());
  return await measure({
    ...{ address, client, native },
    temporal: new Client({ connection: native }),
    serverPid: server.pid,
    workerPid: worker.pid ?? 0,
  });
}

export function builtPath(name: string): string {
  return new URL(`../../dist/${name}`, import.meta.url).pathname;
}

async function startWorker(
  address: string,
  bundlePath: string,
  reports: string,
): Promise<ChildProcess> {
  const program = new URL('central.ts', import.meta.url).pathname;
  const worker = spawn(process.execPath, [program, address, bundlePath, reports], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const killAtExit = () => worker.kill('SIGKILL');
  process.once('exit', killAtExit);
  worker.once('exit', () => process.off('exit', killAtExit));
  const lines = createInterface({ input: worker.stderr });
  try {
    // Its first line says that it is ready; the others are what people are told, thousands of them.
    await Promise.race([
      once(lines, 'line', { signal: AbortSignal.timeout(WORKER_START_MS) }),
      once(worker, 'exit').then(() => Promise.reject(new Error('The central worker ended'))),
    ]);
  } catch (error) {
    await stopWorker(worker);
    throw error;
  }
  return worker;
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, 'exit');
  worker.kill('SIGTERM');
  const hard = setTimeout(() => worker.kill('SIGKILL'), WORKER_STOP_MS);
  await gone;
  clearTimeout(hard);
}
