import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, NoReport, TemporalUnreachable } from '../../src/client/index.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../src/temporal/server/index.ts';
import { policyOf } from '../workflows/support/cycle-bench.ts';

const request = (host: string) => ({ host, policy: policyOf(), requestedBy: 'tester' });

describe('a client whose server is killed', () => {
  let directory: string;
  let server: EmbeddedServer;
  const start = (port?: number) =>
    startEmbeddedServer({
      databaseFile: join(directory, 'temporal.db'),
      searchAttributes: SEARCH_ATTRIBUTES,
      uiPort: null,
      log: () => undefined,
      ...(port === undefined ? {} : { port }),
    });
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-restart-'));
    server = await start();
  });
  afterAll(async () => {
    await server.stop();
    await rm(directory, { recursive: true });
  });

  async function kill(): Promise<number> {
    process.kill(server.pid, 'SIGKILL');
    await server.ended;
    return Number(server.address.split(':')[1]);
  }

  it('says so within seconds when it asks something, and can be closed', async () => {
    const client = await connect({ address: server.address });
    const port = await kill();
    await expect(client.status('web-1')).rejects.toBeInstanceOf(TemporalUnreachable);
    await client.close();
    server = await start(port);
  });

  it('goes on waiting, and hears how the cycle ended after the server has come back', async () => {
    const client = await connect({ address: server.address });
    const { workflowId } = await client.startPatch(request('restart-1'));
    const ending = client.waitForReport('restart-1').catch((error: unknown) => error);
    server = await start(await kill());
    const other = await connect({ address: server.address });
    expect(await other.status('restart-1')).toMatchObject({ running: true, workflowId });
    await other.close();
    // There is no worker here, so the cycle is ended from outside: that, too, is an ending.
    await terminate(server.address, workflowId);
    expect(await ending).toBeInstanceOf(NoReport);
    await client.close();
  });

  it('may be closed while the server is away, without anything being thrown later', async () => {
    const client = await connect({ address: server.address });
    await client.startPatch(request('restart-2'));
    const waiting = expect(client.waitForReport('restart-2')).rejects.toThrow(/was closed/);
    const port = await kill();
    await client.close();
    await waiting;
    server = await start(port);
  });
});

async function terminate(address: string, workflowId: string): Promise<void> {
  const { Client, Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address });
  await new Client({ connection }).workflow.getHandle(workflowId).terminate('by hand');
  await connection.close();
}
