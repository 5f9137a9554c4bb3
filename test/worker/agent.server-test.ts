import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hostTaskQueue, recordWorkflowId } from '../../src/temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../src/temporal/server/index.ts';
import { stepInput } from '../activities/support/step-bench.ts';
import { until } from '../host/support/processes.ts';

const AGENT = join(import.meta.dirname, 'support/test-agent.ts');
const QUEUE = 'one-step';

let server: EmbeddedServer;
let central: { worker: Worker; running: Promise<void>; native: NativeConnection };
let connection: Connection;
let client: Client;
let root: string;
let agents: ChildProcess[];
let said: string;

async function startServer(databaseFile: string, port?: number): Promise<EmbeddedServer> {
  return startEmbeddedServer({
    databaseFile,
    uiPort: null,
    searchAttributes: {},
    log: () => {},
    ...(port === undefined ? {} : { port }),
  });
}

async function startCentral(): Promise<void> {
  const native = await NativeConnection.connect({ address: server.address });
  const worker = await Worker.create({
    connection: native,
    taskQueue: QUEUE,
    workflowsPath: join(import.meta.dirname, 'support/one-step-workflow.ts'),
  });
  central = { worker, running: worker.run(), native };
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection });
}

let databaseFile: string;
beforeAll(async () => {
  // The tests take the server away on purpose: the SDK's own warnings about it would bury their results.
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
  });
  databaseFile = join(await mkdtemp(join(tmpdir(), 'patchcycle-test-')), 'temporal.db');
  server = await startServer(databaseFile);
  await startCentral();
});

afterAll(async () => {
  central.worker.shutdown();
  await central.running;
  await central.native.close();
  await connection.close();
  await server.stop();
  await rm(join(databaseFile, '..'), { recursive: true, force: true });
});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  agents = [];
  said = '';
  await mkdir(join(root, 'etc'));
  const config = `host: web-1\ntemporal: { address: "${server.address}" }\n`;
  await writeFile(join(root, 'etc', 'agent.yaml'), config, { mode: 0o644 });
});

afterEach(async () => {
  await writeFile(join(root, 'go'), '');
  for (const agent of agents) {
    if (agent.exitCode !== null || agent.signalCode !== null) continue;
    agent.kill('SIGKILL');
    await once(agent, 'exit');
  }
  await rm(root, { recursive: true, force: true });
});

function startAgent(): ChildProcess {
  const agent = spawn(process.execPath, [AGENT, root], { stdio: ['ignore', 'ignore', 'pipe'] });
  agent.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  agents.push(agent);
  return agent;
}

let number = 0;
function start(step: 'refresh' | 'plan'): Promise<WorkflowHandle> {
  return client.workflow.start('oneStep', {
    taskQueue: QUEUE,
    workflowId: `one-step-${(number += 1)}`,
    args: [step, hostTaskQueue('web-1'), stepInput()],
  });
}

async function runs(): Promise<number> {
  const text = await readFile(join(root, 'runs'), 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).length;
}

async function untilJobRuns(): Promise<void> {
  await untilTrue('the job runs', async () => (await runs()) > 0);
}

/** A server that stops and starts takes longer than other waits. */
async function untilTrue(what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(`${what}; the agents said: ${said}`, holds, 60_000);
}

function times(sentence: RegExp): number {
  return said.match(new RegExp(sentence, 'g'))?.length ?? 0;
}

describe('an agent', () => {
  it('says once that it is ready, and runs the steps of its host', async () => {
    startAgent();
    expect(await (await start('plan')).result()).toBe('web-1');
    expect(said).toMatch(
      /^The agent of web-1, version [\d.]+, is ready: 127\.0\.0\.1:\d+, namespace default\.\n$/,
    );
  });

  it('announces its host to the record of that host', async () => {
    startAgent();
    const record = client.workflow.getHandle(recordWorkflowId('web-1'));
    await untilTrue('the record is there', async () =>
      record.describe().then(
        ({ type }) => type === 'hostRecord',
        () => false,
      ),
    );
  });

  it('ends at SIGTERM in the middle of a job, which goes on and is found by the next agent', async () => {
    const first = startAgent();
    const workflow = await start('refresh');
    await untilJobRuns();
    first.kill('SIGTERM');
    const [exitCode] = (await once(first, 'exit')) as [number | null];
    expect(exitCode).toBe(0);

    startAgent();
    await untilTrue('the next agent has the step', async () => times(/is ready/) === 2);
    await writeFile(join(root, 'go'), '');
    expect(await workflow.result()).toMatchObject({ exitCode: 7, interrupted: false });
    expect(await runs()).toBe(1);
  });

  it('is killed in the middle of a job, which the next agent finds', async () => {
    const first = startAgent();
    const workflow = await start('refresh');
    await untilJobRuns();
    first.kill('SIGKILL');
    await once(first, 'exit');

    startAgent();
    await writeFile(join(root, 'go'), '');
    expect(await workflow.result()).toMatchObject({ exitCode: 7, interrupted: false });
    expect(await runs()).toBe(1);
  });

  it('does not start beside another one of this host, whose pid it names', async () => {
    const first = startAgent();
    await untilTrue('the first is ready', async () => times(/is ready/) === 1);
    const [exitCode] = (await once(startAgent(), 'exit')) as [number | null];
    expect(exitCode).not.toBe(0);
    expect(said).toContain(`Another agent of this host is running, with the pid ${first.pid}`);
    expect(await (await start('plan')).result()).toBe('web-1');
  });

  it('does not start on a wrong configuration, and says where it is wrong', async () => {
    await writeFile(join(root, 'etc', 'agent.yaml'), 'host: web-1\nunatended: true\n');
    const [exitCode] = (await once(startAgent(), 'exit')) as [number | null];
    expect(exitCode).not.toBe(0);
    expect(said).toContain('agent.yaml:2:1');
  });
});

describe('an agent whose server goes away', () => {
  it('goes on when the server is back, and says so once each', async () => {
    startAgent();
    expect(await (await start('plan')).result()).toBe('web-1');
    const port = Number(server.address.split(':')[1]);
    await server.stop();
    await untilTrue('the loss is said', async () => times(/does not answer .* any more/) > 0);
    server = await startServer(databaseFile, port);
    await untilTrue('the return is said', async () => times(/answers again/) > 0);
    expect(await (await start('plan')).result()).toBe('web-1');
    expect([times(/does not answer/), times(/answers again/)]).toEqual([1, 1]);
  });

  it('waits for one that is not there yet, and says so once', async () => {
    const port = Number(server.address.split(':')[1]);
    await server.stop();
    startAgent();
    await untilTrue('the absence is said', async () => times(/does not answer/) > 0);
    server = await startServer(databaseFile, port);
    expect(await (await start('plan')).result()).toBe('web-1');
    expect([times(/does not answer/), times(/answers again/), times(/is ready/)]).toEqual([
      1, 1, 1,
    ]);
  });
});
