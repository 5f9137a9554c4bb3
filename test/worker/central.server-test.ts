import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CENTRAL_TASK_QUEUE } from '../../src/temporal/names.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../src/temporal/server/index.ts';
import { REPORT } from '../activities/support/empty-report.ts';

const CENTRAL = join(import.meta.dirname, 'support/test-central.ts');

let root: string;
let server: EmbeddedServer;
let connection: Connection;
let central: ChildProcess;
let said = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  server = await startEmbeddedServer({ uiPort: null, searchAttributes: {}, log: () => {} });
  connection = await Connection.connect({ address: server.address });
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'support/one-step-workflow.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const bundle = join(root, 'workflows.cjs');
  await writeFile(bundle, code);
  central = spawn(process.execPath, [CENTRAL, server.address, bundle, join(root, 'reports')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  central.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
});

afterAll(async () => {
  if (central.exitCode === null) central.kill('SIGKILL');
  await connection.close();
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function oneStep(step: string, input: unknown): Promise<unknown> {
  const client = new Client({ connection });
  return client.workflow.execute('oneStep', {
    taskQueue: CENTRAL_TASK_QUEUE,
    workflowId: `central-${step}`,
    args: [step, CENTRAL_TASK_QUEUE, input],
  });
}

describe('a central worker', () => {
  it('runs workflows from a bundle, and keeps reports', async () => {
    const { location } = (await oneStep('storeReport', REPORT)) as { location: string };
    expect(location).toBe(join(root, 'reports', `web-1-${REPORT.cycle}.html`));
    expect(await readFile(location, 'utf8')).toContain('</html>');
  });

  it('says in its log that a person is waited for', async () => {
    await oneStep('notify', {
      kind: 'approval-needed',
      about: 'web-1',
      subject: 'web-1 waits for approval.',
      lines: ['See\n\u001b[31mthe plan.'],
    });
    expect(said).toContain('web-1: web-1 waits for approval. See [31mthe plan.\n');
  });

  it('ends in order at SIGTERM', async () => {
    central.kill('SIGTERM');
    const [exitCode] = (await once(central, 'exit')) as [number | null];
    expect(exitCode).toBe(0);
  });
});
