import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { baseline } from '../../activities/baseline.ts';
import { readBaseline } from '../../src/health/baseline-entry.ts';
import { modelHost, stepInput, type ModelHost } from './support/health-context.ts';

let host: ModelHost;

beforeEach(async () => {
  host = await modelHost();
});

afterEach(() => host.remove());

const digest = '0'.repeat(64);

describe('the step baseline', () => {
  it('writes down services, failed units, known errors and where the logs end', async () => {
    host.failedUnits = ['old.service'];
    host.journal.log('no such disk 3', { PRIORITY: '3' });
    const context = await host.context();
    const summary = await baseline(
      context,
      { ...stepInput({ health: { services: ['nginx'] } }), digest },
      [],
    );
    expect(summary).toEqual({
      activeServices: 2,
      failedUnits: ['old.service'],
      probes: [],
      knownErrorKinds: 1,
    });
    const entry = await readBaseline(context.journal);
    expect(entry.snapshot.activeServices).toEqual(['nginx', 'ssh']);
    expect(entry.logPosition.journalCursor).toBe('c1');
    expect(entry.knownErrorKinds).toMatchObject([{ signature: 'app: no such disk <n>', count: 1 }]);
  });

  it('is taken anew each time, because it is of the moment before the change', async () => {
    const context = await host.context();
    await baseline(context, { ...stepInput(), digest }, []);
    host.services = ['ssh'];
    await baseline(context, { ...stepInput(), digest }, []);
    expect((await readBaseline(context.journal)).snapshot.activeServices).toEqual(['ssh']);
  });

  it('refuses a host that does not do what the policy asks for, and writes nothing', async () => {
    host.failedUnits = ['shop.service'];
    const context = await host.context();
    const health = {
      services: ['nginx', 'postgresql', 'shop'],
      tcp: [{ port: 1, within: '100ms' }],
    };
    await expect(baseline(context, { ...stepInput({ health }), digest }, [])).rejects.toMatchObject(
      {
        type: 'UnhealthyBefore',
        retryable: false,
        details: {
          findings: [
            'service postgresql does not run, or not steadily',
            'service shop has failed',
            'tcp 127.0.0.1:1 refuses connections: nothing listens there',
          ],
        },
      },
    );
    expect(await context.journal.read('baseline')).toBeUndefined();
  });

  it('gives what is not well a few seconds', async () => {
    host.services = [];
    const context = await host.context();
    setTimeout(() => (host.services = ['nginx']), 20);
    await baseline(context, { ...stepInput({ health: { services: ['nginx'] } }), digest }, [200]);
    expect((await readBaseline(context.journal)).snapshot.activeServices).toEqual(['nginx']);
  });
});
