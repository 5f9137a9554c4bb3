import { mkdir } from 'node:fs/promises';
import { ActivityNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { BootIdentity } from '../../src/domain/facts.ts';
import { readBootIdentity } from '../../src/host/boot-identity.ts';
import { openJournal, type Journal } from '../../src/host/journal.ts';
import { acquireLock, releaseLock } from '../../src/host/lock.ts';
import { cycleDirectory, type HostPaths } from '../../src/host/paths.ts';
import {
  readRebootRecord,
  writeRebootRecord,
  type RebootOrder,
} from '../../src/host/reboot-record.ts';
import { watchReboot } from '../../src/worker/reboot-watch.ts';
import { rebootAndWait } from '../../activities/reboot-and-wait.ts';
import { CYCLE, stepContext, stepInput } from '../activities/support/step-bench.ts';
import { temporaryPaths } from '../host/support/temporary.ts';
import { quietActivity } from './support/quiet-activity.ts';

const OTHER_BOOT = { bootId: '11111111-2222-4333-8444-555555555555', initStartTicks: '1' };

let paths: HostPaths;
let journal: Journal;
let answers: { how: 'completed' | 'failed'; token: string; with: unknown }[];
let said: string[];
/** What the server answers, call by call; after them it accepts. */
let refusals: Error[];
beforeEach(async () => {
  paths = await temporaryPaths();
  await mkdir(paths.stateDirectory, { mode: 0o700 });
  journal = await openJournal(cycleDirectory(paths, CYCLE));
  await acquireLock(paths, {
    cycle: CYCLE,
    namespace: 'default',
    workflowId: 'patch/web-1',
    requestedBy: 'alice',
  });
  answers = [];
  said = [];
  refusals = [];
});

async function ordered(before: BootIdentity, secondsAgo: number): Promise<void> {
  const order: RebootOrder = {
    purpose: 'patch',
    required: { answer: 'yes', reason: 'a newer kernel' },
    before,
    orderedAt: new Date(Date.now() - secondsAgo * 1_000).toISOString(),
    deadlineAt: new Date(Date.now() + 900_000).toISOString(),
    activityId: 'a1',
    taskToken: Buffer.from('the token').toString('base64'),
    done: null,
    answer: 'open',
  };
  await writeRebootRecord(journal, { orders: [order], commandsGiven: 1 });
}

async function watch(orderPendingMs?: number): Promise<void> {
  const take = (how: 'completed' | 'failed') => async (token: unknown, result: unknown) => {
    const refusal = refusals.shift();
    if (refusal !== undefined) throw refusal;
    answers.push({ how, token: Buffer.from(token as Uint8Array).toString(), with: result });
  };
  await watchReboot({
    paths,
    host: 'web-1',
    completion: { complete: take('completed'), fail: take('failed') },
    say: (sentence) => void said.push(sentence),
    signal: new AbortController().signal,
    ...(orderPendingMs === undefined ? {} : { orderPendingMs }),
  });
}

async function lastOrder(): Promise<RebootOrder | undefined> {
  return (await readRebootRecord(journal)).orders.at(-1);
}

describe('the agent after a reboot', () => {
  it('completes the activity that had ordered it, once', async () => {
    await ordered(OTHER_BOOT, 20);
    await watch();
    await watch();
    expect(answers).toEqual([
      {
        how: 'completed',
        token: 'the token',
        with: {
          rebooted: true,
          required: { answer: 'yes', reason: 'a newer kernel' },
          downMs: expect.any(Number),
        },
      },
    ]);
    expect(await lastOrder()).toMatchObject({
      answer: 'given',
      done: { after: await readBootIdentity() },
    });
    expect((await lastOrder())?.done?.downMs).toBeGreaterThanOrEqual(20_000);
  });

  it('tries on while the server cannot be reached, and says so once', async () => {
    await ordered(OTHER_BOOT, 20);
    refusals = [new Error('unavailable'), new Error('unavailable')];
    await watch();
    expect(answers).toHaveLength(1);
    expect(said).toEqual([
      'The reboot cannot be reported yet and is tried again: Error: unavailable',
      'web-1 rebooted as ordered.',
    ]);
  });

  it('writes the reboot down for the next who asks when its activity was given up', async () => {
    await ordered(OTHER_BOOT, 20);
    refusals = [new ActivityNotFoundError('Not found')];
    await watch();
    expect(answers).toEqual([]);
    expect(await lastOrder()).toMatchObject({
      answer: 'gone',
      done: { after: await readBootIdentity() },
    });
  });
});

describe('the agent and the step that asks again at the same moment', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'do not overwrite each other: what was answered stays answered (%i)',
    async (delayMs) => {
      for (let round = 0; round < 10; round += 1) {
        await ordered(OTHER_BOOT, 20);
        refusals = [new ActivityNotFoundError('The first attempt was given up')];
        const environment = quietActivity({ activityId: 'a1', base64TaskToken: 'bmV4dA==' });
        const context = { ...(await stepContext()), paths, journal };
        const again = async () => {
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          return environment.run(() =>
            rebootAndWait(context, { ...stepInput(), purpose: 'patch' }),
          );
        };
        const [summary] = await Promise.all([again(), watch()]);
        expect(summary).toMatchObject({ rebooted: true });
        expect(await lastOrder()).toMatchObject({ taskToken: 'bmV4dA==', answer: 'given' });
      }
    },
  );
});

describe('the agent in the same boot', () => {
  it('fails the activity, so that it is tried again, when the order came to nothing', async () => {
    await ordered(await readBootIdentity(), 61);
    await watch();
    expect(answers).toMatchObject([{ how: 'failed', token: 'the token' }]);
    const failure = answers[0]?.with as ApplicationFailure;
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect([failure.type, failure.nonRetryable]).toEqual(['RebootNotProven', false]);
    expect(await lastOrder()).toMatchObject({ answer: 'given', done: null });
  });

  it('waits for a fresh order to take effect before it judges', async () => {
    await ordered(await readBootIdentity(), 0);
    const watching = watch(600);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(answers).toEqual([]);
    await watching;
    expect(answers).toMatchObject([{ how: 'failed' }]);
  });

  it('has nothing to do without an order, without a lock, or for a cycle that was taken over', async () => {
    await watch();
    await ordered(OTHER_BOOT, 20);
    await releaseLock(paths, CYCLE);
    await watch();
    expect(answers).toEqual([]);
  });
});
