import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { baseline } from '../../activities/baseline.ts';
import type { StepContext } from '../../activities/context.ts';
import { monitorLogs } from '../../activities/monitor-logs.ts';
import type { LogReport } from '../../src/domain/health.ts';
import type { StepInput } from '../../src/domain/steps.ts';
import { readSoak, writeSoak } from '../../src/health/logs/soak-entry.ts';
import { modelHost, stepInput, type ModelHost } from './support/health-context.ts';

let host: ModelHost;
let context: StepContext;

beforeEach(async () => {
  host = await modelHost();
  context = await host.context();
  host.journal.log('an old error 1', { PRIORITY: '3' });
  await baseline(context, { ...stepInput(), digest: '0'.repeat(64) }, []);
});

afterEach(() => host.remove());

/** Runs the step as Temporal does; a step that a person has tried again gets another activity ID. */
function run(soak: string, { activityId = '7', ignore = [] as string[] } = {}): Promise<LogReport> {
  const input: StepInput = stepInput({ logs: { soak, ignore } });
  const environment = new MockActivityEnvironment(
    { activityId },
    { logger: new DefaultLogger('ERROR') },
  );
  return environment.run<[], LogReport, () => Promise<LogReport>>(() =>
    monitorLogs(context, input),
  );
}

const error = { PRIORITY: '3' };

describe('the step monitor-logs', () => {
  it('is content with a soak in which only known kinds are logged', async () => {
    host.journal.log('an old error 2', error);
    expect(await run('10ms')).toMatchObject({
      linesRead: 1,
      newKinds: [],
      knownKinds: [{ signature: 'app: an old error <n>', count: 1 }],
      passingKinds: [],
    });
  });

  it('tells of new kinds that came only during the change', async () => {
    host.journal.log('connection lost', error);
    expect(await run('10ms')).toMatchObject({
      newKinds: [],
      passingKinds: [{ signature: 'app: connection lost' }],
    });
  });

  it('fails with counts and first lines when a new kind is logged during the soak', async () => {
    host.journal.log('connection lost', error);
    setTimeout(() => host.journal.log('connection lost', error), 100);
    await expect(run('1s')).rejects.toMatchObject({
      type: 'NewLogErrors',
      message: expect.stringContaining('web-1'),
      details: {
        findings: [
          'new kind of error in the journal of app.service, 2 times: app: connection lost',
        ],
      },
    });
  });

  it('ends early when a new kind is beyond doubt', async () => {
    host.journal.log('app[1]: segfault at 0 ip 0 sp 0 error 4', {
      _TRANSPORT: 'kernel',
      SYSLOG_IDENTIFIER: 'kernel',
    });
    // A soak of a day would outlast the test.
    await expect(run('1d')).rejects.toMatchObject({ type: 'NewLogErrors' });
  });

  it('leaves out what the policy ignores', async () => {
    setTimeout(() => host.journal.log('some known noise 3', error), 20);
    expect(await run('100ms', { ignore: ['^some known noise'] })).toMatchObject({ newKinds: [] });
  });

  it('says all the while that it is alive', async () => {
    await run('50ms');
    expect(host.said).toContainEqual(expect.stringMatching(/^watching the logs, .+ left/));
  });

  it('goes on with the same soak after a crash of the agent', async () => {
    await run('10ms');
    const soak = await readSoak(context.journal);
    if (soak === null) throw new Error('The soak was not written down');
    // As it was in the middle of a soak of an hour that began two hours ago.
    const startedAt = new Date(Date.now() - 2 * 3_600_000).toISOString();
    await writeSoak(context.journal, { ...soak, startedAt, end: null });
    host.journal.log('connection lost', error);
    await expect(run('1h')).rejects.toMatchObject({ type: 'NewLogErrors' });
  });

  it('answers the same again when its result was lost', async () => {
    setTimeout(() => host.journal.log('connection lost', error), 50);
    await expect(run('500ms')).rejects.toMatchObject({ type: 'NewLogErrors' });
    await expect(run('1d')).rejects.toMatchObject({ type: 'NewLogErrors' });
  });

  it('begins a new soak when a person has it tried again, and forgets what that person saw', async () => {
    setTimeout(() => host.journal.log('connection lost', error), 50);
    await expect(run('500ms', { activityId: '7' })).rejects.toMatchObject({ type: 'NewLogErrors' });
    expect(await run('10ms', { activityId: '9' })).toMatchObject({ newKinds: [] });
  });

  it('writes down that a log grew faster than it could be read, and does not fail for it', async () => {
    host.journal.broken = {
      exitCode: null,
      timedOut: true,
      stdout: `${JSON.stringify({ __CURSOR: 'c2', MESSAGE: 'all is well', PRIORITY: '6' })}\n`,
    };
    expect(await run('10ms')).toMatchObject({ newKinds: [] });
    expect((await readSoak(context.journal))?.end?.unread).toEqual([
      'the logs grew faster than they could be read: their last lines were not read',
    ]);
  });

  it('reads a soak that an earlier version wrote down', async () => {
    await run('10ms');
    const soak = await readSoak(context.journal);
    if (soak === null || soak.end === null) throw new Error('The soak was not written down');
    const { unread: _, ...end } = soak.end;
    const { unread: __, ...duringChange } = soak.duringChange;
    await context.journal.write('soak', { ...soak, duringChange, end });
    expect((await readSoak(context.journal))?.end?.unread).toEqual([]);
  });

  it('fails when the host has booted by itself meanwhile', async () => {
    await run('10ms');
    const soak = await readSoak(context.journal);
    if (soak === null) throw new Error('The soak was not written down');
    await writeSoak(context.journal, {
      ...soak,
      end: null,
      boot: { ...soak.boot, initStartTicks: '1' },
    });
    await expect(run('10ms')).rejects.toMatchObject({ type: 'HealthWorse' });
  });
});
