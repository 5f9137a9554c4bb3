import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { listHosts } from '../../src/client/list.ts';
import type { Session } from '../../src/client/session.ts';
import { patchWorkflowId } from '../../src/temporal/names.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';

const HOST = defineSearchAttributeKey('PatchHost', 'KEYWORD');
const HOSTS = ['late-1', 'late-2', 'late-3'];

let env: TestWorkflowEnvironment;
let session: Session;
beforeAll(async () => {
  env = await devServerEnvironment();
  session = {
    ...{ client: env.client, connection: env.connection, uiUrl: null },
    ...{ address: env.address, namespace: env.namespace ?? 'default' },
    ...{ closing: new AbortController(), calls: new Set() },
  };
  for (const host of HOSTS) {
    await env.client.workflow.start('patchHost', {
      workflowId: patchWorkflowId(host),
      taskQueue: 'nobody-asks',
      typedSearchAttributes: [{ key: HOST, value: host }],
    });
  }
});
afterAll(() => env.teardown());

/** Temporal's lists are a second late. */
async function untilListed(): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await listHosts(session)).length === HOSTS.length) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The list never showed all of them');
}

describe('the latest cycles of a fleet', () => {
  it('are of all hosts that are named, also where more cycles are newer than are read at once', async () => {
    await untilListed();
    const namesOf = async (...named: string[]) =>
      (await listHosts(session, named, 1)).map(({ host }) => host);
    expect(await namesOf()).toHaveLength(1);
    expect(await namesOf(...HOSTS, 'never-1')).toEqual(HOSTS);
  });
});
