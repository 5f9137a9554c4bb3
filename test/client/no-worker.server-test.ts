import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  connect,
  planReview,
  TemporalRefused,
  type PatchcycleClient,
} from '../../src/client/index.ts';
import { parseConfig } from '../../src/planning/config.ts';
import {
  ACKNOWLEDGED_WORKFLOW_ID,
  CENTRAL_TASK_QUEUE,
  KNOWN_BAD_WORKFLOW_ID,
  NOTIFICATIONS_WORKFLOW_ID,
  REVIEW_WORKFLOW_ID,
  WORKFLOW_TYPES,
  budgetWorkflowId,
} from '../../src/temporal/names.ts';
import { run } from '../cli/support/memory-io.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';

const SCHEDULE = 'schedule: { rrule: FREQ=DAILY, start: "01:30", timeZone: UTC }';
const FILE = `policies: { a: { ${SCHEDULE} } }
review: { ${SCHEDULE} }
hosts: { web-1: { policy: a } }
`;

let env: TestWorkflowEnvironment;
let client: PatchcycleClient;
let directory: string;
beforeAll(async () => {
  env = await devServerEnvironment();
  client = await connect({ address: env.address });
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-no-worker-'));
  await writeFile(join(directory, 'patchcycle.yaml'), FILE);
});
afterAll(async () => {
  await client.close();
  await rm(directory, { recursive: true });
});

/** Waits until the server knows that the workflow runs. */
async function untilStarted(workflowId: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const found = await env.client.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => null);
    if (found !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${workflowId} was never started`);
}

describe('in a namespace that does not know the search attributes', () => {
  it('reviews and schedules say so at once, instead of never beginning', async () => {
    const day = { seconds: 86_400 as never };
    await env.connection.workflowService.registerNamespace({
      namespace: 'plain',
      workflowExecutionRetentionPeriod: day,
    });
    const plain = await connect({ address: env.address, namespace: 'plain' });
    const parsed = parseConfig(FILE, 'patchcycle.yaml');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const input = planReview(parsed.config, 'ada');
    let said: unknown = null;
    // The server takes seconds until it knows a new namespace everywhere.
    for (let tries = 0; tries < 200 && said === null; tries++) {
      const answer = await plain.startReview(input).catch((error: unknown) => error);
      const isNew = answer instanceof TemporalRefused && answer.message.includes('no namespace');
      if (!isNew) said = answer;
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const missing = {
      name: 'SearchAttributesMissing',
      remedy: expect.stringMatching(/temporal operator search-attribute create/),
    };
    expect(said).toMatchObject(missing);
    const changes = await plain.planSchedules(parsed.config);
    expect(changes.map(({ name }) => name)).toEqual(['a', 'policy-review']);
    for (const change of changes) {
      await expect(plain.applySchedules([change], 'ada')).rejects.toMatchObject(missing);
    }
    await plain.close();
  });
});

describe('while no central worker runs', () => {
  it('questions say that, and not that Temporal is away', async () => {
    const asked = [
      [KNOWN_BAD_WORKFLOW_ID, WORKFLOW_TYPES.knownBad, () => client.knownBad()],
      [NOTIFICATIONS_WORKFLOW_ID, WORKFLOW_TYPES.notifications, () => client.notifications()],
      [budgetWorkflowId('web'), WORKFLOW_TYPES.groupBudget, () => client.budget('web')],
      [
        ACKNOWLEDGED_WORKFLOW_ID,
        WORKFLOW_TYPES.acknowledgedPolicies,
        () => client.acknowledgedPolicies(),
      ],
    ] as const;
    const answers = asked.map(async ([workflowId, type, ask]) => {
      await env.client.workflow.start(type, { workflowId, taskQueue: CENTRAL_TASK_QUEUE });
      return ask().catch((error: unknown) => error);
    });
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({
        name: 'NoAnswer',
        message: expect.stringMatching(/^Temporal answers, but no central worker did/),
      });
    }
  });

  it('a review that is waited for goes on without whoever presses Ctrl-C', async () => {
    const stop = new AbortController();
    const argv = ['policy', 'review', '--by', 'ada', '--address', env.address];
    const reviewing = run(argv, { workingDirectory: directory, stop: stop.signal });
    await untilStarted(REVIEW_WORKFLOW_ID);
    stop.abort(new Error('stopped by SIGINT'));
    const ran = await reviewing;
    expect(ran.exitCode).toBe(130);
    expect(ran.stderr).toMatch(/Detached: the review of the fleet goes on/);
    const { status } = await env.client.workflow.getHandle(REVIEW_WORKFLOW_ID).describe();
    expect(status.name).toBe('RUNNING');
  });

  it('a review whose server ends is given up with that reason', async () => {
    const parsed = parseConfig(FILE, 'patchcycle.yaml');
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    const started = await client.startReview(planReview(parsed.config, 'ada'));
    const waiting = client.waitForReview(started);
    const told = expect(waiting).rejects.toMatchObject({
      name: 'TemporalUnreachable',
      message: expect.stringMatching(/waiting for the review of the fleet/),
    });
    await env.teardown();
    await told;
  });
});
