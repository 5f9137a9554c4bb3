import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StepContext } from '../../activities/context.ts';
import { FailureDetails, StepFailure } from '../../src/domain/failure.ts';
import { StepInput } from '../../src/domain/steps.ts';
import { acquireLock } from '../../src/host/lock.ts';
import { cycleDirectory, type HostPaths } from '../../src/host/paths.ts';
import type { PackageManager } from '../../src/packages/port.ts';
import { stepActivity } from '../../src/worker/step-activity.ts';
import { CYCLE, stepInput } from '../activities/support/step-bench.ts';
import { temporaryPaths } from '../host/support/temporary.ts';
import { quietActivity } from './support/quiet-activity.ts';

const CANARY = 'c4n4ry0123456789';

let paths: HostPaths;
beforeEach(async () => {
  paths = await temporaryPaths();
  await mkdir(paths.stateDirectory, { mode: 0o700 });
});

type Step<Output> = (context: StepContext, input: StepInput) => Promise<Output>;

type RunOptions = {
  input?: unknown;
  needsLock?: boolean;
  environment?: ReturnType<typeof quietActivity>;
};

async function run<Output>(
  step: Step<Output>,
  { input = stepInput(), needsLock = false, environment = quietActivity() }: RunOptions = {},
): Promise<Output> {
  const parts = {
    config: { host: 'web-1', unattended: false, temporal: {} },
    paths,
    supervisor: ['/no/such/supervisor'] as const,
    choosePackages: () => ({ name: 'apt' }) as PackageManager,
  };
  const activity = stepActivity(parts, { name: 'plan', schema: StepInput, run: step, needsLock });
  return environment.run(activity, input);
}

async function failure(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error = await work.then(
    () => new Error('did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof ApplicationFailure) return error;
  throw error;
}

describe('a step as an activity', () => {
  it('gets its context and answers its result', async () => {
    const result = await run(async ({ config, packages, journal }, { cycle }) => {
      await journal.write('seen', true);
      return [config.host, packages.name, cycle];
    });
    expect(result).toEqual(['web-1', 'apt', CYCLE]);
    expect(await readdir(cycleDirectory(paths, CYCLE))).toEqual(['seen.json']);
  });

  it('writes its commands under its name into the log of the cycle', async () => {
    await run(({ tools }) => tools.run(['true']));
    expect(await readdir(cycleDirectory(paths, CYCLE))).toEqual(['commands.jsonl']);
  });

  it('refuses input that does not fit, field by field', async () => {
    const { type, nonRetryable, details } = await failure(
      run(async () => 'ran', { input: { ...stepInput(), cycle: '../../etc' } }),
    );
    expect([type, nonRetryable]).toEqual(['BadInput', true]);
    expect(details).toMatchObject([{ findings: ['cycle: not the name of a patch cycle'] }]);
  });

  it('refuses what is meant for another host', async () => {
    const refused = await failure(
      run(async () => 'ran', { input: { ...stepInput(), host: 'db-1' } }),
    );
    expect([refused.type, refused.nonRetryable]).toEqual(['HostRefuses', true]);
  });

  it('refuses to touch a host of which the cycle does not have the lock', async () => {
    const refused = await failure(run(async () => 'ran', { needsLock: true }));
    expect(refused.type).toBe('HostLocked');
    const request = {
      cycle: CYCLE,
      namespace: 'default',
      workflowId: 'patch/web-1',
      requestedBy: 'alice',
    };
    await acquireLock(paths, request);
    expect(await run(async () => 'ran', { needsLock: true })).toBe('ran');
  });

  it('fails with the type, the retry rule and the details of what it throws, secrets masked', async () => {
    const failed = await failure(
      run(async () => {
        throw new StepFailure('MirrorUnreachable', `no answer, password=${CANARY}`, {
          remedy: 'Wait.',
        });
      }),
    );
    expect(failed).toMatchObject({
      type: 'MirrorUnreachable',
      nonRetryable: false,
      message: 'no answer, password=***',
      details: [{ remedy: 'Wait.' }],
    });
  });

  it('lets no secret of a failure leave the host, wherever it stands', async () => {
    const failed = await failure(
      run(async () => {
        throw new StepFailure('HealthWorse', `http://probe:${CANARY}@127.0.0.1/ is down`, {
          remedy: `Look: curl http://probe:${CANARY}@127.0.0.1/`,
          command: {
            argv: ['curl', '--password', CANARY, `http://probe:${CANARY}@127.0.0.1/`],
            exitCode: 1,
            stderrTail: `no answer, token=${CANARY}`,
          },
          findings: [`http http://probe:${CANARY}@127.0.0.1/ answers 502`],
        });
      }),
    );
    expect(JSON.stringify([failed.message, failed.details])).not.toContain(CANARY);
    expect(failed.details).toMatchObject([
      { findings: ['http http://***@127.0.0.1/ answers 502'], command: { exitCode: 1 } },
    ]);
  });

  it('fails with no more than fifty findings, and counts the others', async () => {
    const findings = Array.from({ length: 60 }, (_, index) => `${index} is down`);
    const failed = await failure(
      run(async () => {
        throw new StepFailure('HealthWorse', 'much is down', { remedy: 'Look.', findings });
      }),
    );
    expect(FailureDetails.parse(failed.details?.[0]).findings).toEqual([
      ...findings.slice(0, 49),
      'and 11 more',
    ]);
  });

  it('fails for good when it meets what nobody expected, with where that was', async () => {
    const failed = await failure(
      run(async () => {
        throw new TypeError(`token=${CANARY} is not a function`);
      }),
    );
    expect([failed.type, failed.nonRetryable]).toEqual(['Unexpected', true]);
    expect(JSON.stringify(failed)).not.toContain(CANARY);
    expect(failed.details).toMatchObject([
      { findings: expect.arrayContaining([expect.stringMatching(/^ +at /)]) },
    ]);
  });

  it('tells of a full disk by its own type, wherever it was noticed', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
    });
    expect((await failure(run(() => Promise.reject(full)))).type).toBe('NotEnoughSpace');
  });

  it('leaves an activity open that is answered later', async () => {
    await expect(run(() => Promise.reject(new CompleteAsyncError()))).rejects.toBeInstanceOf(
      CompleteAsyncError,
    );
  });

  it('says that it is alive and what it does, secrets masked', async () => {
    const environment = quietActivity();
    const heartbeats: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => heartbeats.push(details));
    await run(
      async ({ tools }) => {
        tools.progress(`unpacking, token=${CANARY}`);
        while (heartbeats.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
      },
      { environment },
    );
    expect(heartbeats).toEqual(['', 'unpacking, token=***']);
  });

  it('stops its commands when it is cancelled, and is cancelled then', async () => {
    const environment = quietActivity();
    setTimeout(() => environment.cancel('CANCELLED'), 200);
    await expect(
      run(({ tools }) => tools.run(['sleep', '62']), { environment }),
    ).rejects.toBeInstanceOf(CancelledFailure);
  });

  it('refuses a state directory that others can look into', async () => {
    const open = await temporaryPaths();
    await mkdir(open.stateDirectory, { mode: 0o755 });
    paths = open;
    expect((await failure(run(async () => 'ran'))).type).toBe('HostRefuses');
    expect(await readdir(join(open.stateDirectory))).toEqual([]);
  });
});
