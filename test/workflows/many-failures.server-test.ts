import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { CycleView } from '../../src/domain/cycle.ts';
import { Report } from '../../src/domain/report.ts';
import { MESSAGES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { devServerEnvironment } from './support/environments.ts';
import { modelHost } from './support/model-host.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

async function untilNeeded(handle: WorkflowHandle, failures: number): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    const { state, steps } = await handle.query<CycleView>(MESSAGES.cycle);
    const failed = steps.filter(({ status }) => status === 'failed').length;
    if (state.name === 'needs-attention' && failed >= failures) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('The cycle never came to need attention again');
}

describe('a cycle that fails very often and tells much each time', () => {
  it('still ends with a report', async () => {
    const model = modelHost([{ step: 'verify', kind: 'throws-for-good' }]);
    model.activities.proveRestored = async () => {
      throw ApplicationFailure.nonRetryable('語'.repeat(2_000), 'RestoreIncomplete', {
        remedy: '語'.repeat(2_000),
        findings: Array(50).fill('語'.repeat(500)),
      });
    };
    await bench.withAgent('many-failures', model, async () => {
      const handle = await bench.start(inputFor('many-failures', policyOf()));
      for (let failures = 2; failures < 52; failures++) {
        await untilNeeded(handle, failures);
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'restore' });
      }
      await untilNeeded(handle, 52);
      await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
      const report = Report.parse(await handle.result());
      expect(report.outcome).toBe('accepted-as-is');
      expect(report.failures).toHaveLength(50);
      expect(bench.stored.at(-1)).toMatchObject({ host: 'many-failures' });
      expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThan(1_000_000);
    });
  });
});
