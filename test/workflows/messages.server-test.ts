import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { CycleStateName, CycleView } from '../../src/domain/cycle.ts';
import { REFUSED_MESSAGES_MAX } from '../../src/domain/decision.ts';
import type { Report } from '../../src/domain/report.ts';
import { MESSAGES } from '../../src/temporal/names.ts';
import { inputFor, openCycleBench, policyOf, type CycleBench } from './support/cycle-bench.ts';
import { modelHost, type Model } from './support/model-host.ts';
import { devServerEnvironment } from './support/environments.ts';

let bench: CycleBench;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
});
afterAll(() => bench.stop());

let hosts = 0;

/** Runs the work on a cycle of a model host whose policy asks for approval. */
async function withCycle(
  work: (cycle: { handle: WorkflowHandle; model: Model; name: string }) => Promise<void>,
  {
    model = modelHost(),
    fields = { approval: { required: true, expires: '1h' } },
  }: { model?: Model; fields?: Record<string, unknown> } = {},
): Promise<void> {
  const name = `message-${++hosts}`;
  await bench.withAgent(name, model, async () => {
    const handle = await bench.start(inputFor(name, policyOf(fields)));
    try {
      await work({ handle, model, name });
    } finally {
      await handle.terminate('the test is over').catch((error: Error) => {
        if (error.name !== 'WorkflowNotFoundError') throw error;
      });
    }
  });
}

async function view(handle: WorkflowHandle): Promise<CycleView> {
  return handle.query<CycleView>(MESSAGES.cycle);
}

async function until(handle: WorkflowHandle, state: CycleStateName): Promise<CycleView> {
  for (let tries = 0; tries < 300; tries++) {
    const now = await view(handle);
    if (now.state.name === state) return now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(
    `The cycle never came to ${state}: ${JSON.stringify((await view(handle)).state)}`,
  );
}

/** Waits until a person is asked about another plan than the one with this digest; answers the new digest. */
async function untilPlanned(handle: WorkflowHandle, before: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const now = await view(handle);
    if (now.state.name === 'awaiting-approval' && digestOf(now) !== before) return digestOf(now);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('No other plan was ever asked about');
}

function digestOf(now: CycleView): string {
  if (now.plan === null) throw new Error('There is no plan yet');
  return now.plan.digest;
}

describe('an approval', () => {
  it('of the plan in question lets the cycle go on, and the report names who approved', () =>
    withCycle(async ({ handle }) => {
      const digest = digestOf(await until(handle, 'awaiting-approval'));
      await handle.signal(MESSAGES.approve, { by: 'ada', digest });
      const report = (await handle.result()) as Report;
      expect(report.outcome).toBe('patched');
      expect(report.approvedBy).toContain('ada');
    }));

  it('by update is answered at once', () =>
    withCycle(async ({ handle }) => {
      const digest = digestOf(await until(handle, 'awaiting-approval'));
      await handle.executeUpdate(MESSAGES.decide, {
        args: [{ kind: 'approve', by: 'ada', digest }],
      });
      expect(((await handle.result()) as Report).outcome).toBe('patched');
    }));

  it('of a plan that drifted afterwards is asked for again', () =>
    withCycle(async ({ handle, model }) => {
      const first = digestOf(await until(handle, 'awaiting-approval'));
      model.offer.version = '2.1';
      await handle.signal(MESSAGES.approve, { by: 'ada', digest: first });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const again = await until(handle, 'awaiting-approval');
      expect(digestOf(again)).not.toBe(first);
      expect(again.state).toMatchObject({
        why: expect.stringMatching(/asks for approval.*changed since it was approved/),
      });

      await handle.signal(MESSAGES.approve, { by: 'ada', digest: digestOf(again) });
      const report = (await handle.result()) as Report;
      expect(report.plan?.rows[0]?.newVersion).toBe('2.1');
    }));

  it('of an earlier plan approves nothing of the plan that the report shows', () =>
    withCycle(async ({ handle, model }) => {
      const first = digestOf(await until(handle, 'awaiting-approval'));
      model.offer.version = '2.1';
      await handle.signal(MESSAGES.approve, { by: 'ada', digest: first });
      const again = await untilPlanned(handle, first);
      await handle.signal(MESSAGES.reject, { by: 'bob', digest: again });
      const report = (await handle.result()) as Report;
      expect(report).toMatchObject({ outcome: 'rejected', approvedBy: null });
    }));

  it('is asked for with the removal named, however much else drifted', () =>
    withCycle(async ({ handle, model }) => {
      const first = digestOf(await until(handle, 'awaiting-approval'));
      Object.assign(model.offer, { version: '2.1', removals: ['gamma'] });
      await handle.signal(MESSAGES.approve, { by: 'ada', digest: first });
      await untilPlanned(handle, first);
      const { state } = await until(handle, 'awaiting-approval');
      expect(state).toMatchObject({ why: expect.stringContaining('removes gamma') });
    }));

  it('is needed for a plan that removes a package, whatever the policy says', () => {
    const model = modelHost();
    model.offer.removals = ['gamma'];
    return withCycle(
      async ({ handle }) => {
        const now = await until(handle, 'awaiting-approval');
        expect(now.state).toMatchObject({ why: expect.stringMatching(/remov/) });
      },
      { model, fields: { approval: { required: false } } },
    );
  });
});

describe('a host that allows no unattended cycles', () => {
  it('has a person asked, whatever the policy says', () => {
    const model = modelHost();
    model.host.unattended = false;
    return withCycle(
      async ({ handle }) => {
        const { state } = await until(handle, 'awaiting-approval');
        expect(state).toMatchObject({ why: expect.stringContaining('the host accepts no plan') });
      },
      { model, fields: { approval: { required: false } } },
    );
  });
});

describe('a rejection', () => {
  it('ends the cycle with the host untouched', () =>
    withCycle(async ({ handle, model }) => {
      const digest = digestOf(await until(handle, 'awaiting-approval'));
      await handle.signal(MESSAGES.reject, { by: 'ada', digest, why: 'not this week' });
      const report = (await handle.result()) as Report;
      expect(report.outcome).toBe('rejected');
      expect(report.explanation).toContain('not this week');
      expect(model.host).toMatchObject({ packages: 'old', lockedBy: null });
    }));
});

describe('an abort', () => {
  it('before any change ends the cycle, and the lock is given back', () =>
    withCycle(async ({ handle, model }) => {
      await until(handle, 'awaiting-approval');
      await handle.signal(MESSAGES.abort, { by: 'ada' });
      expect(((await handle.result()) as Report).outcome).toBe('aborted');
      expect(model.host).toMatchObject({ packages: 'old', lockedBy: null, drained: false });
    }));

  it('that arrives with the start is heeded', () => {
    const model = modelHost();
    return withCycle(
      async ({ handle }) => {
        await handle.signal(MESSAGES.abort, { by: 'ada' });
        const report = (await handle.result()) as Report;
        expect(report.outcome).toBe('aborted');
        expect(model.host.packages).toBe('old');
      },
      { model },
    );
  });

  it('of a host that never answered waits a minute for its last word, not as long as for an agent', async () => {
    const handle = await bench.start(
      inputFor('message-nobody', policyOf({ limits: { agentAnswers: '15m' } })),
    );
    try {
      await until(handle, 'inspecting');
      await handle.signal(MESSAGES.abort, { by: 'ada' });
      await until(handle, 'reporting');
      const { events } = await handle.fetchHistory();
      const scheduled = events
        ?.map((event) => event.activityTaskScheduledEventAttributes)
        .find((attributes) => attributes?.activityType?.name === 'report');
      expect(Number(scheduled?.scheduleToStartTimeout?.seconds)).toBe(60);
    } finally {
      await handle.terminate('the test is over');
    }
  });

  it('by cancelling the workflow in Temporal ends it the same way', () =>
    withCycle(async ({ handle, model }) => {
      await until(handle, 'awaiting-approval');
      await handle.cancel();
      const report = (await handle.result()) as Report;
      expect(report.outcome).toBe('aborted');
      expect(report.explanation).toContain('cancelled in Temporal');
      expect(model.host.lockedBy).toBeNull();
    }));
});

describe('a message that must not take effect', () => {
  const digest = 'f'.repeat(64);
  const bad: [string, string, unknown, RegExp][] = [
    ['the wrong digest', MESSAGES.approve, { by: 'eve', digest }, /digest/],
    ['no digest', MESSAGES.approve, { by: 'eve' }, /digest/],
    ['no name', MESSAGES.approve, { digest }, /by/],
    ['an unknown field', MESSAGES.approve, { by: 'eve', digest, force: true }, /force/],
    [
      '10 kB of text',
      MESSAGES.approve,
      { by: 'eve', digest, why: 'x'.repeat(10_000) },
      /characters/,
    ],
    ['a name with a newline', MESSAGES.approve, { by: 'eve\nroot', digest }, /by/],
    ['no object at all', MESSAGES.approve, 'yes', /./],
    ['nothing', MESSAGES.approve, undefined, /./],
    [
      'a resolution of a cycle that needs none',
      MESSAGES.resolve,
      { by: 'eve', how: 'accept' },
      /needs attention/,
    ],
    ['an unknown resolution', MESSAGES.resolve, { by: 'eve', how: 'force' }, /how/],
    ['a kind that hides another', MESSAGES.resolve, { kind: 'approve', by: 'eve', digest }, /./],
  ];

  it.each(bad)('%s is refused, recorded, and the wait goes on', (_, signal, message, why) =>
    withCycle(async ({ handle }) => {
      await until(handle, 'awaiting-approval');
      await handle.signal(signal, message);
      const now = await view(handle);
      expect(now.state.name).toBe('awaiting-approval');
      expect(now.refusedCount).toBe(1);
      expect(now.refused[0]?.why).toMatch(why);
    }),
  );

  it('is told so at once when it is an update, and leaves nothing in the history', () =>
    withCycle(async ({ handle }) => {
      await until(handle, 'awaiting-approval');
      const refused = handle.executeUpdate(MESSAGES.decide, {
        args: [{ kind: 'approve', by: 'eve', digest }],
      });
      await expect(refused).rejects.toThrow(WorkflowUpdateFailedError);
      await expect(refused).rejects.toMatchObject({
        cause: { message: expect.stringContaining('digest') },
      });
      const { events } = await handle.fetchHistory();
      const updates = (events ?? []).filter((event) =>
        Boolean(event.workflowExecutionUpdateAcceptedEventAttributes),
      );
      expect(updates).toEqual([]);
    }));

  it('comes too early, while there is no plan', () => {
    const model = modelHost([{ step: 'refresh', kind: 'throws-retryable', times: 2 }]);
    return withCycle(
      async ({ handle }) => {
        await handle.signal(MESSAGES.approve, { by: 'eve', digest });
        const now = await until(handle, 'awaiting-approval');
        expect(now.refused[0]?.why).toMatch(/asks for no approval now/);
      },
      { model },
    );
  });

  it('is the second word on a decision that was taken', () =>
    withCycle(async ({ handle }) => {
      const taken = digestOf(await until(handle, 'awaiting-approval'));
      await Promise.all([
        handle.signal(MESSAGES.approve, { by: 'ada', digest: taken }),
        handle.signal(MESSAGES.reject, { by: 'eve', digest: taken }),
      ]);
      const report = (await handle.result()) as Report;
      expect(report.decisions).toHaveLength(1);
      expect(report.refusedCount).toBe(1);
    }));

  it('one of very many is counted, and only the first are kept', () =>
    withCycle(async ({ handle }) => {
      await until(handle, 'awaiting-approval');
      const flood = Array.from({ length: 300 }, (_, i) =>
        handle.signal(MESSAGES.approve, { by: `eve${i}`, digest }),
      );
      await Promise.all(flood);
      const now = await view(handle);
      expect(now).toMatchObject({ refusedCount: 300, state: { name: 'awaiting-approval' } });
      expect(now.refused).toHaveLength(REFUSED_MESSAGES_MAX);

      await handle.signal(MESSAGES.approve, { by: 'ada', digest: digestOf(now) });
      expect(((await handle.result()) as Report).outcome).toBe('patched');
    }));

  it('comes after the end, and the sender is told that the cycle is over', () =>
    withCycle(async ({ handle }) => {
      const taken = digestOf(await until(handle, 'awaiting-approval'));
      await handle.signal(MESSAGES.reject, { by: 'ada', digest: taken });
      await handle.result();
      await expect(handle.signal(MESSAGES.approve, { by: 'eve', digest: taken })).rejects.toThrow(
        /completed|not found/i,
      );
    }));
});

describe('a cycle that needs attention', () => {
  const hold = { approval: { required: false }, onFailure: 'hold' };

  it('waits, tells people, and is no ending', () =>
    withCycle(
      async ({ handle, name }) => {
        const now = await until(handle, 'needs-attention');
        expect(now.state).toMatchObject({ failure: { type: 'PackageJobFailed' } });
        expect((await handle.describe()).status.name).toBe('RUNNING');
        await bench.untilTold({ about: name, subject: `${name} needs attention` });
      },
      { model: modelHost([{ step: 'verify', kind: 'throws-for-good' }]), fields: hold },
    ));

  it('tries the failed step again on retry, and is patched when that goes well', () =>
    withCycle(
      async ({ handle, model }) => {
        await until(handle, 'needs-attention');
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'retry' });
        expect(((await handle.result()) as Report).outcome).toBe('patched');
        expect(model.host).toMatchObject({ packages: 'new', drained: false, lockedBy: null });
      },
      { model: modelHost([{ step: 'verify', kind: 'throws-for-good', times: 1 }]), fields: hold },
    ));

  it('puts the host back on restore', () =>
    withCycle(
      async ({ handle, model }) => {
        await until(handle, 'needs-attention');
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'restore' });
        expect(((await handle.result()) as Report).outcome).toBe('restored');
        expect(model.host).toMatchObject({ packages: 'old', drained: false, lockedBy: null });
      },
      { model: modelHost([{ step: 'verify', kind: 'throws-for-good' }]), fields: hold },
    ));

  it('is left as it is on accept, undrained and with its updaters on, and the report says who accepted', () =>
    withCycle(
      async ({ handle, model }) => {
        await until(handle, 'needs-attention');
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'accept', why: 'known' });
        const report = (await handle.result()) as Report;
        expect(report.outcome).toBe('accepted-as-is');
        expect(report.explanation).toContain('ada');
        expect(model.host).toMatchObject({
          packages: 'new',
          drained: false,
          updaters: 'on',
          lockedBy: null,
        });
      },
      { model: modelHost([{ step: 'verify', kind: 'throws-for-good' }]), fields: hold },
    ));

  it.each([
    ['retry', 'is undrained when that goes well', { times: 1 }, /Nothing was changed/, false],
    ['accept', 'is left drained, and the report says so', {}, /still drained.*accepted/, true],
  ] as const)(
    'comes of a host that was not changed and cannot be undrained; on %s it %s',
    (how, _, times, explanation, drained) =>
      withCycle(
        async ({ handle, model }) => {
          await until(handle, 'needs-attention');
          await handle.signal(MESSAGES.resolve, { by: 'ada', how });
          const report = (await handle.result()) as Report;
          expect(report.outcome).toBe('failed');
          expect(report.explanation).toMatch(explanation);
          expect(model.host).toMatchObject({ packages: 'old', drained, lockedBy: null });
        },
        {
          model: modelHost([
            { step: 'baseline', kind: 'throws-for-good' },
            { step: 'undrain', kind: 'throws-for-good', ...times },
          ]),
          fields: { approval: { required: false } },
        },
      ),
  );

  it('says on accept that the host is still drained, when it cannot be undrained', () =>
    withCycle(
      async ({ handle }) => {
        await until(handle, 'needs-attention');
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'accept' });
        const { outcome, explanation } = (await handle.result()) as Report;
        expect(outcome).toBe('accepted-as-is');
        expect(explanation).toMatch(/still drained: .*undrain/);
      },
      {
        model: modelHost([{ step: 'undrain', kind: 'throws-for-good' }]),
        fields: { approval: { required: false } },
      },
    ));

  it('comes of an undrain that fails, and restore then means restore', () =>
    withCycle(
      async ({ handle, model }) => {
        await until(handle, 'needs-attention');
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'restore' });
        expect(((await handle.result()) as Report).outcome).toBe('restored');
        expect(model.host).toMatchObject({ packages: 'old', drained: false, lockedBy: null });
      },
      {
        model: modelHost([{ step: 'undrain', kind: 'throws-for-good', times: 1 }]),
        fields: { approval: { required: false } },
      },
    ));

  it('comes of a restore that fails, which is tried again when a person says so', () =>
    withCycle(
      async ({ handle, model }) => {
        const now = await until(handle, 'needs-attention');
        expect(now.state).toMatchObject({ failure: { type: 'BackupTampered' } });
        await handle.signal(MESSAGES.resolve, { by: 'ada', how: 'restore' });
        expect(((await handle.result()) as Report).outcome).toBe('restored');
        expect(model.host.packages).toBe('old');
      },
      {
        model: modelHost([
          { step: 'upgrade', kind: 'throws-for-good' },
          { step: 'restore', kind: 'throws-for-good', type: 'BackupTampered', times: 1 },
        ]),
        fields: { approval: { required: false } },
      },
    ));

  it('is aborted by nobody, because the host is changed already', () =>
    withCycle(
      async ({ handle }) => {
        await until(handle, 'needs-attention');
        await handle.signal(MESSAGES.abort, { by: 'eve' });
        const now = await view(handle);
        expect(now.state.name).toBe('needs-attention');
        expect(now.refused[0]?.why).toMatch(/being changed/);
      },
      { model: modelHost([{ step: 'verify', kind: 'throws-for-good' }]), fields: hold },
    ));
});
