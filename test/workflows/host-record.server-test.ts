import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Announcement } from '../../src/domain/announcement.ts';
import { recordWorkflowId } from '../../src/temporal/names.ts';
import { recordSender } from '../../src/worker/announce.ts';
import { openCycleBench, type CycleBench } from './support/cycle-bench.ts';
import { timeSkippingEnvironment } from './support/environments.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
});
afterAll(() => bench.stop());

const ANNOUNCEMENT: Announcement = {
  host: 'quiet-1',
  agentVersion: '0.1.0',
  os: 'Debian 12',
  kernel: '6.1',
  manager: 'apt',
  unattended: true,
  signedApprovals: false,
};

describe('the record of a host', () => {
  it('ends when nothing was heard of it for a month, and not while it speaks', async () => {
    const { client } = bench.env;
    const announce = () => recordSender(client, new AbortController().signal)(ANNOUNCEMENT);
    const handle = client.workflow.getHandle(recordWorkflowId('quiet-1'));
    await announce();
    for (let week = 0; week < 10; week++) {
      await bench.env.sleep('7d');
      await announce();
    }
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.result();
    expect((await handle.describe()).status.name).toBe('COMPLETED');
  });
});
