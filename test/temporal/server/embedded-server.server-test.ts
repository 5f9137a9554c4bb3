import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../../src/temporal/server/index.ts';

let directory: string;
const started: EmbeddedServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-server-'));
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function start(
  options: Partial<Parameters<typeof startEmbeddedServer>[0]> = {},
): Promise<EmbeddedServer> {
  const server = await startEmbeddedServer({
    searchAttributes: SEARCH_ATTRIBUTES,
    log: () => {},
    ...options,
  });
  started.push(server);
  return server;
}

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

describe("Temporal's embedded server", () => {
  it('answers a client, with every search attribute and the Web UI in place', async () => {
    const { address, uiUrl } = await start();
    const { customAttributes } = await withClient(address, (client) =>
      client.connection.operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
    );
    expect((await fetch(uiUrl ?? 'no Web UI')).status).toBe(200);
  });

  it('keeps the task queue of a host in one piece', async () => {
    const { address } = await start({ uiPort: null });
    const { activityTaskQueuePartitions } = await withClient(address, (client) =>
      client.workflowService.listTaskQueuePartitions({
        namespace: 'default',
        taskQueue: { name: 'patchcycle-host-web-1' },
      }),
    );
    expect(activityTaskQueuePartitions).toHaveLength(1);
  });

  it('listens on loopback only', async () => {
    const { address } = await start({ uiPort: null });
    const port = Number(address.split(':')[1]);
    expect(await accepts('127.0.0.1', port)).toBe(true);
    // Another address of this machine, for which a server on all addresses would answer.
    expect(await accepts('127.0.0.2', port)).toBe(false);
  });

  it('takes the ports that it is given', async () => {
    const first = await start({ uiPort: null });
    expect(first.uiUrl).toBeNull();
    await first.stop();
    const again = await start({ uiPort: null, port: Number(first.address.split(':')[1]) });
    expect(again.address).toBe(first.address);
  });

  it('does not take the place of another server on its port', async () => {
    const first = await start({ uiPort: null });
    const port = Number(first.address.split(':')[1]);
    await expect(start({ uiPort: null, port })).rejects.toThrow(
      `The port ${port} of 127.0.0.1 cannot be had`,
    );
  });

  it('does not open a database that another server has open', async () => {
    const databaseFile = join(directory, 'temporal.db');
    const first = await start({ uiPort: null, databaseFile });
    await expect(start({ uiPort: null, databaseFile })).rejects.toThrow(
      `Another server that patchcycle started has the database ${databaseFile} open.`,
    );
    await first.stop();
    await start({ uiPort: null, databaseFile });
  });

  it('keeps its workflows in the file over a kill -9', async () => {
    const databaseFile = join(directory, 'temporal.db');
    const killed = await start({ databaseFile, uiPort: null });
    const runId = await withClient(killed.address, async (client) => {
      const handle = await client.workflow.start('nobodyRunsThis', {
        workflowId: 'durable',
        taskQueue: 'nobody',
      });
      return handle.firstExecutionRunId;
    });
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;

    const again = await start({ databaseFile, uiPort: null });
    const description = await withClient(again.address, (client) =>
      client.workflow.getHandle('durable').describe(),
    );
    expect(description.runId).toBe(runId);
    expect(description.status.name).toBe('RUNNING');
  });

  it('is gone after stop, which may be called twice', async () => {
    const server = await start();
    expect(isAlive(server.pid)).toBe(true);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    await server.stop();
  });

  it('says why when it cannot start, and leaves no process', async () => {
    const before = process.listenerCount('exit');
    await expect(start({ databaseFile: '/proc/nowhere/temporal.db' })).rejects.toThrow(
      /did not start on 127\.0\.0\.1:\d+: the process ended\. It said:\n.*database file/s,
    );
    expect(process.listenerCount('exit')).toBe(before);
  });
});
