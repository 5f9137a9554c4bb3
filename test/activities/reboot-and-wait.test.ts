import { CompleteAsyncError } from '@temporalio/activity';

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StepContext } from '../../activities/context.ts';
import { rebootAndWait } from '../../activities/reboot-and-wait.ts';
import type { RebootSummary } from '../../src/domain/steps.ts';
import { readBootIdentity } from '../../src/host/boot-identity.ts';
import {
  readRebootRecord,
  withLastOrder,
  writeRebootRecord,
} from '../../src/host/reboot-record.ts';
import type { Argv, CommandResult } from '../../src/host/tools.ts';
import { quietActivity } from '../worker/support/quiet-activity.ts';
import { stepContext, stepInput } from './support/step-bench.ts';

const OTHER_BOOT = { bootId: '11111111-2222-4333-8444-555555555555', initStartTicks: '1' };

let context: StepContext;
let orders: Argv[];
let required: 'yes' | 'no' | 'unknown';
beforeEach(async () => {
  orders = [];
  required = 'yes';
  context = await stepContext({
    rebootRequired: async () => ({ answer: required, reason: 'a newer kernel is installed' }),
  });
});

/** Runs the step; the order is taken down instead of being given, because this machine is to stay. */
async function run({
  purpose = 'patch',
  reboot = 'if-required',
  activityId = 'a1',
  exitCode = 0,
  stderr = 'refused',
}: {
  purpose?: 'patch' | 'restore';
  reboot?: string;
  activityId?: string;
  exitCode?: number;
  stderr?: string;
} = {}): Promise<RebootSummary | 'waits'> {
  const environment = quietActivity({
    activityId,
    base64TaskToken: `token-${activityId}`,
  });
  const take = async (argv: Argv): Promise<CommandResult> => {
    orders.push(argv);
    return {
      argv,
      exitCode,
      signal: null,
      stdout: '',
      stderr,
      durationMs: 1,
      timedOut: false,
      truncated: false,
    };
  };
  const step = () =>
    rebootAndWait(
      { ...context, tools: { ...context.tools, run: take } },
      { ...stepInput({ reboot }), purpose },
    );
  try {
    return await environment.run(step);
  } catch (error) {
    if (error instanceof CompleteAsyncError) return 'waits';
    throw error;
  }
}

async function changeOrder(change: Record<string, unknown>): Promise<void> {
  const record = await readRebootRecord(context.journal);
  const last = record.orders.at(-1);
  if (last === undefined) throw new Error('nothing was ordered');
  await writeRebootRecord(context.journal, withLastOrder(record, { ...last, ...change }));
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe('reboot-and-wait', () => {
  it('does not reboot a host that does not need it', async () => {
    required = 'no';
    expect(await run()).toEqual({
      rebooted: false,
      required: { answer: 'no', reason: 'a newer kernel is installed' },
      downMs: null,
    });
    expect(orders).toEqual([]);
  });

  it('does not reboot where the policy says never', async () => {
    expect(await run({ reboot: 'never' })).toMatchObject({
      rebooted: false,
      required: { answer: 'yes' },
    });
    expect(orders).toEqual([]);
  });

  it('writes everything down before it orders, and leaves the activity open', async () => {
    expect(await run()).toBe('waits');
    expect(await context.journal.read('reboot')).toMatchObject({
      commandsGiven: 1,
      orders: [
        {
          purpose: 'patch',
          before: await readBootIdentity(),
          activityId: 'a1',
          taskToken: 'token-a1',
          done: null,
          answer: 'open',
        },
      ],
    });
    expect(orders).toEqual([
      [
        'systemd-run',
        '--quiet',
        '--collect',
        '--unit=patchcycle-20261124t184300z-1a2b3c4d-reboot-1',
        '--on-active=1',
        '--timer-property=AccuracySec=100ms',
        '--',
        'systemctl',
        'reboot',
      ],
    ]);
  });

  it('reboots where nobody can say whether it is required', async () => {
    required = 'unknown';
    expect(await run()).toBe('waits');
  });

  it('reboots where the policy says always, and after a restore', async () => {
    required = 'no';
    expect(await run({ reboot: 'always' })).toBe('waits');
    expect(await run({ purpose: 'restore', activityId: 'a2' })).toBe('waits');
    expect(orders).toHaveLength(2);
  });

  it('gives no second order while the first is pending, and waits under its new token', async () => {
    await run();
    expect(await run({ activityId: 'a2' })).toBe('waits');
    expect(orders).toHaveLength(1);
    expect((await readRebootRecord(context.journal)).orders).toMatchObject([
      { taskToken: 'token-a2' },
    ]);
  });

  it('answers the reboot that has happened, and orders none', async () => {
    await run();
    await changeOrder({ before: OTHER_BOOT });
    required = 'no';
    expect(await run()).toMatchObject({
      rebooted: true,
      required: { answer: 'yes' },
      downMs: expect.any(Number),
    });
    expect(orders).toHaveLength(1);
  });

  it('answers it again to the same activity, whose answer was lost', async () => {
    await run();
    await changeOrder({ before: OTHER_BOOT });
    const first = await run();
    expect(await run()).toEqual(first);
    expect(orders).toHaveLength(1);
  });

  it('answers a reboot that came after its activity was given up to the next one that asks', async () => {
    await run();
    await changeOrder({ done: { after: OTHER_BOOT, downMs: 1_234 }, answer: 'gone' });
    expect(await run({ activityId: 'a2' })).toMatchObject({ rebooted: true, downMs: 1_234 });
    expect(orders).toHaveLength(1);
  });

  it('reboots anew when it is asked for after an earlier reboot was answered', async () => {
    await run();
    await changeOrder({ done: { after: OTHER_BOOT, downMs: 1_234 }, answer: 'given' });
    expect(await run({ activityId: 'a2' })).toBe('waits');
    expect(orders).toHaveLength(2);
  });

  it('does not take the reboot of the patch for that of the restore', async () => {
    await run();
    await changeOrder({ done: { after: OTHER_BOOT, downMs: 1_234 }, answer: 'gone' });
    expect(await run({ purpose: 'restore', activityId: 'a2' })).toBe('waits');
    expect(orders).toHaveLength(2);
  });

  it('orders again when the order came to nothing, and no more than three times a cycle', async () => {
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await run()).toBe('waits');
      await changeOrder({ orderedAt: minutesAgo(2) });
    }
    await expect(run()).rejects.toMatchObject({ type: 'RebootCapReached' });
    expect(orders.map((argv) => argv[3])).toEqual(
      [1, 2, 3].map((number) => expect.stringMatching(`-reboot-${number}$`)),
    );
  });

  it('waits for nothing when the host did not take the order, and counts it', async () => {
    await expect(run({ exitCode: 1 })).rejects.toMatchObject({
      type: 'CommandFailed',
      retryable: true,
    });
    expect(await readRebootRecord(context.journal)).toEqual({ orders: [], commandsGiven: 1 });
  });

  it('is refused by a host without systemd, in words', async () => {
    const stderr =
      'System has not been booted with systemd as init system (PID 1). Cannot operate.';
    await expect(run({ exitCode: 1, stderr })).rejects.toMatchObject({
      type: 'UnsupportedHost',
      details: { remedy: expect.stringContaining('reboot: never') },
    });
  });

  it('promises no decision of a person that the policy does not ask for', async () => {
    const stderr = 'spawn systemd-run ENOENT';
    await expect(run({ exitCode: 1, stderr })).rejects.toMatchObject({
      details: { remedy: expect.stringMatching(/^Set .* If the cycle waits for a person/) },
    });
  });
});
