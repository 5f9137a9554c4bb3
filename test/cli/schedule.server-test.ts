import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  connect,
  readInventory,
  type PatchcycleClient,
  type ScheduleStatus,
} from '../../src/client/index.ts';
import { ReviewInput } from '../../src/domain/review.ts';
import { openings } from '../../src/planning/openings.ts';
import { parseRecurrence } from '../../src/planning/recurrence.ts';
import { rolloutWorkflowId, scheduleId } from '../../src/temporal/names.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { documentOf, run, type Ran } from './support/memory-io.ts';

let env: TestWorkflowEnvironment;
let client: PatchcycleClient;
let directory: string;
beforeAll(async () => {
  env = await devServerEnvironment();
  client = await connect({ address: env.address });
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-schedule-'));
});
afterAll(async () => {
  await client.close();
  await env.teardown();
  await rm(directory, { recursive: true });
});

const PATCH_SATURDAY = 'FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=12,13,14,15,16,17,18';

type File = {
  rrule?: string;
  start?: string;
  jitter?: string;
  hosts?: string[];
  policies?: string[];
};

/** A file whose policies all have the same schedule. */
async function write({
  rrule = 'FREQ=DAILY',
  start = '01:30',
  jitter = '5m',
  hosts = ['web-1', 'web-2'],
  policies = ['nightly'],
}: File): Promise<void> {
  const lines = [
    'policies:',
    ...policies.map(
      (name) =>
        `  ${name}: { schedule: { rrule: "${rrule}", start: "${start}", timeZone: Europe/Berlin, jitter: ${jitter} } }`,
    ),
    ...(hosts.length === 0 ? [] : ['hosts:']),
    ...hosts.map((host, index) => `  ${host}: { policy: ${policies[index % policies.length]} }`),
  ];
  await writeFile(join(directory, 'patchcycle.yaml'), `${lines.join('\n')}\n`);
}

function schedule(...argv: string[]): Promise<Ran> {
  return run(['schedule', ...argv, '--address', env.address], { workingDirectory: directory });
}

async function apply(file: File, ...more: string[]) {
  await write(file);
  const ran = await schedule('apply', '--by', 'ada', '--json', ...more);
  if (ran.exitCode !== 0) throw new Error(ran.stderr);
  return documentOf(ran) as {
    applied: boolean;
    changes: { name: string; kind: string; details: string[] }[];
  };
}

async function statusOf(name: string): Promise<ScheduleStatus> {
  for (let tries = 0; tries < 100; tries++) {
    const found = (await client.listSchedules()).find((one) => one.name === name);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`There is no schedule ${name}`);
}

/** Temporal's list is late; what a test made and removed has to be in it. */
async function untilListed(count: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if ((await client.listSchedules()).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`There never were ${count} schedules`);
}

beforeEach(async () => {
  for (const { name } of await client.listSchedules()) await client.removeSchedule(name);
  await untilListed(0);
});

describe('patchcycle schedule apply', () => {
  it('shows what it would create, and creates nothing, with --dry-run', async () => {
    await write({});
    const ran = await schedule('apply', '--dry-run');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/^\+ create nightly$/m);
    expect(ran.stdout).toMatch(/starts FREQ=DAILY 01:30, Europe\/Berlin/);
    expect(ran.stdout).toMatch(/hosts: web-1, web-2/);
    await expect(client.triggerSchedule('nightly')).rejects.toMatchObject({ name: 'NoSchedule' });
  });

  it('does nothing where nobody can be asked and nobody said yes', async () => {
    await write({});
    const ran = await schedule('apply');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/create nightly/);
    expect(ran.stderr).toMatch(/Next: .*--yes/);
    expect(await client.listSchedules()).toEqual([]);
  });

  it('creates a Schedule with time zone, jitter, bounded catch-up, overlap skip, note and memo', async () => {
    await apply({ rrule: PATCH_SATURDAY }, '--yes');
    const handle = env.client.schedule.getHandle(scheduleId('nightly'));
    const { spec, policies, memo, state, action } = await handle.describe();
    expect(spec).toMatchObject({ timezone: 'Europe/Berlin', jitter: 300_000 });
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000 });
    expect(memo).toEqual({ patchcycle: { schedule: 'nightly' } });
    expect(state.note).toMatch(/^applied by ada on \d{4}-\d\d-\d\d, hosts: 2$/);
    expect(action).toMatchObject({
      workflowType: 'rollout',
      workflowId: rolloutWorkflowId('nightly'),
      taskQueue: 'patchcycle',
      args: [
        { requestedBy: 'schedule nightly', waves: [[{ host: 'web-1' }], [{ host: 'web-2' }]] },
      ],
    });
  });

  it('applied again changes nothing, and says so', async () => {
    await apply({ rrule: PATCH_SATURDAY }, '--yes');
    const again = await apply({ rrule: PATCH_SATURDAY });
    expect(again).toEqual({
      applied: false,
      changes: [{ name: 'nightly', kind: 'keep', details: [] }],
    });
    expect((await schedule('apply')).stdout).toMatch(/Schedules: 1 unchanged/);
  });

  it.each([
    'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU',
    `FREQ=MONTHLY;BYMONTHDAY=${Array.from({ length: 31 }, (_, index) => index + 1).join()}`,
    'FREQ=MONTHLY;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYMONTHDAY=1',
    'FREQ=MONTHLY;BYDAY=2TU,4TU,SA',
    'FREQ=YEARLY;BYMONTH=6;BYDAY=1MO',
  ])('knows its own Schedule again, of which the rule is %s', async (rrule) => {
    await apply({ rrule }, '--yes');
    expect((await apply({ rrule })).changes).toMatchObject([{ kind: 'keep' }]);
  });

  it('says in what a Schedule differs, changes it, and leaves a paused one paused', async () => {
    await apply({}, '--yes');
    await client.pauseSchedule('nightly', { by: 'bob', why: 'stocktaking' });
    const { changes } = await apply(
      { rrule: 'FREQ=WEEKLY;BYDAY=SA', jitter: '1m', hosts: ['web-2', 'web-3'] },
      '--yes',
    );
    expect(changes[0]).toMatchObject({
      kind: 'change',
      details: [
        'starts: FREQ=WEEKLY;BYDAY=SA 01:30 instead of FREQ=DAILY 01:30',
        'jitter: 1m instead of 5m',
        'more hosts: web-3',
        'no longer: web-1',
      ],
    });
    const status = await statusOf('nightly');
    expect(status).toMatchObject({ paused: true, hosts: 2, rule: 'FREQ=WEEKLY;BYDAY=SA 01:30' });
    expect(status.note).toMatch(/^paused by bob on .*: stocktaking$/);
  });

  it('mends what somebody else changed in Temporal', async () => {
    await apply({}, '--yes');
    const handle = env.client.schedule.getHandle(scheduleId('nightly'));
    await handle.update((before) => ({
      ...before,
      spec: { ...before.spec, intervals: [{ every: '1h' }] },
      state: before.state,
    }));
    expect((await apply({}, '--dry-run')).changes[0]).toMatchObject({
      kind: 'change',
      details: ['starts at the times that its rule says'],
    });
    await apply({}, '--yes');
    expect((await apply({})).changes[0]?.kind).toBe('keep');
  });

  it('removes the Schedules that the file does not ask for any more, and no others', async () => {
    await apply({ policies: ['nightly', 'weekly'] }, '--yes');
    await untilListed(2);
    await env.client.schedule.create({
      scheduleId: 'somebody-elses',
      spec: { intervals: [{ every: '1d' }] },
      action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' },
    });
    const { changes } = await apply({ policies: ['weekly'] }, '--yes');
    expect(changes.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'remove nightly',
      'change weekly',
    ]);
    await untilListed(1);
    const other = env.client.schedule.getHandle('somebody-elses');
    await expect(other.describe()).resolves.toBeDefined();
    await other.delete();
  });

  it('leaves those of another file alone with --keep-others', async () => {
    await apply({ policies: ['nightly'] }, '--yes', '--keep-others');
    const { changes } = await apply({ policies: ['weekly'] }, '--yes', '--keep-others');
    expect(changes.map(({ name, kind }) => `${kind} ${name}`)).toEqual(['create weekly']);
    await untilListed(2);
  });

  it('removes nothing because a file is empty', async () => {
    await apply({}, '--yes');
    await untilListed(1);
    await writeFile(join(directory, 'patchcycle.yaml'), '');
    const ran = await schedule('apply', '--yes');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/has no policy, so applying it would remove every schedule/);
    expect(await client.listSchedules()).toHaveLength(1);
  });

  it('says which policy has a schedule and no host', async () => {
    await write({ hosts: [] });
    const ran = await schedule('apply');
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toMatch(/Schedules: the file asks for none/);
    expect(ran.stderr).toMatch(/The policy nightly has a schedule and no host/);
  });

  it('leaves a Schedule of that name alone that patchcycle did not make', async () => {
    const handle = await env.client.schedule.create({
      scheduleId: scheduleId('nightly'),
      spec: { intervals: [{ every: '1d' }] },
      action: { type: 'startWorkflow', workflowType: 'other', taskQueue: 'other' },
    });
    await write({});
    const ran = await schedule('apply', '--yes');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/was not made by patchcycle/);
    await handle.delete();
  });

  it('by two people at once ends for both as it should be, or says that somebody else was there', async () => {
    await write({});
    const inventory = await readInventory(join(directory, 'patchcycle.yaml'));
    const planned = await client.planSchedules(inventory);
    await client.applySchedules(planned, 'ada');
    await expect(client.applySchedules(planned, 'bob')).rejects.toMatchObject({
      name: 'BadRequest',
      message: 'Somebody made the schedule nightly meanwhile.',
    });
    const change = planned.map((one) => ({ ...one, kind: 'change' as const }));
    const removal = planned.map((one) => ({ ...one, kind: 'remove' as const, planned: null }));
    await client.applySchedules(removal, 'ada');
    await client.applySchedules(removal, 'bob');
    await expect(client.applySchedules(change, 'bob')).rejects.toMatchObject({
      name: 'BadRequest',
      message: 'Somebody removed the schedule nightly meanwhile.',
    });
  });

  it('says in words why Temporal cannot follow a schedule', async () => {
    const many = Array.from({ length: 90 }, () => '1').join();
    await write({ rrule: `FREQ=MONTHLY;BYMONTHDAY=${many}` });
    const ran = await schedule('apply', '--yes');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/Temporal cannot follow the schedule nightly: .*too long/);
    expect(ran.stderr).toMatch(/Next: Correct the schedule/);
  });

  it('is due at the very starts that the rule names, in summer and winter', async () => {
    await apply({ rrule: PATCH_SATURDAY, jitter: '0s' }, '--yes');
    const [fromMs, toMs] = [Date.parse('2027-01-01T00:00:00Z'), Date.parse('2029-12-31T00:00:00Z')];
    const parsed = parseRecurrence(PATCH_SATURDAY);
    if (!parsed.ok) throw new Error(parsed.problems.join());
    const window = {
      ...{ rrule: PATCH_SATURDAY, start: '01:30', duration: '1h', timeZone: 'Europe/Berlin' },
    };
    const expected = openings(window, parsed.recurrence, fromMs, toMs);
    expect(await dueTimes('nightly', fromMs, toMs)).toEqual(
      expected.map(({ opensAtMs }) => new Date(opensAtMs).toISOString()),
    );
    expect(expected).toHaveLength(36);
  });
});

describe('a start that the clocks skip', () => {
  it('is left out by Temporal, so a start in that hour loses a day a year', async () => {
    await apply({ start: '02:30', jitter: '0s' }, '--yes');
    const [fromMs, toMs] = [Date.parse('2027-03-27T00:00:00Z'), Date.parse('2027-03-30T00:00:00Z')];
    expect(await dueTimes('nightly', fromMs, toMs)).toEqual([
      '2027-03-27T01:30:00.000Z',
      '2027-03-29T00:30:00.000Z',
    ]);
  });
});

async function dueTimes(policy: string, fromMs: number, toMs: number): Promise<string[]> {
  const seconds = (ms: number) => ({ seconds: ms / 1_000 }) as never;
  const { startTime } = await env.connection.workflowService.listScheduleMatchingTimes({
    namespace: env.namespace ?? 'default',
    scheduleId: scheduleId(policy),
    startTime: seconds(fromMs),
    endTime: seconds(toMs),
  });
  return startTime.map((time) => new Date(Number(time.seconds) * 1_000).toISOString());
}

describe('a schedule', () => {
  it('is listed with its next start, and with why it is paused', async () => {
    await apply({}, '--yes');
    await untilListed(1);
    const ran = await schedule('list');
    expect(ran.stdout).toMatch(
      /^nightly +\d{4}-\d\d-\d\d 2[23]:3\d|^nightly +\d{4}-\d\d-\d\d 00:3\d/m,
    );
    expect((await schedule('pause', 'nightly', '--by', 'bob', '--why', 'trade')).exitCode).toBe(0);
    expect((await schedule('list')).stdout).toMatch(/^nightly is paused by bob on .*: trade$/m);
    expect((await schedule('resume', 'nightly', '--by', 'bob')).exitCode).toBe(0);
    expect(await statusOf('nightly')).toMatchObject({ paused: false });
  });

  it('that is triggered starts the rollout of its policy at once, and never a second one beside it', async () => {
    await apply({}, '--yes');
    const ran = await schedule('trigger', 'nightly', '--json');
    const { workflowId } = documentOf(ran) as { workflowId: string };
    expect(workflowId).toMatch(/^rollout\/nightly-\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const handle = env.client.workflow.getHandle(workflowId);
    expect(await handle.describe()).toMatchObject({ type: 'rollout', taskQueue: 'patchcycle' });
    const again = await schedule('trigger', 'nightly');
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(/still runs/);
    await handle.terminate('the test is over');
  });

  it('starts no second rollout as long as the first one runs', async () => {
    await apply({ jitter: '0s' }, '--yes');
    const handle = env.client.schedule.getHandle(scheduleId('nightly'));
    const [start, end] = [new Date('2026-09-01T00:00:00Z'), new Date('2026-09-07T00:00:00Z')];
    await handle.backfill({ start, end, overlap: 'SKIP' });
    let status = await statusOf('nightly');
    for (let tries = 0; tries < 100 && status.skipped < 5; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      status = await statusOf('nightly');
    }
    expect(status).toMatchObject({
      skipped: 5,
      running: { workflowId: 'rollout/nightly-2026-09-01T23:30:00Z' },
    });
    await env.client.workflow.getHandle(status.running?.workflowId ?? '').terminate('over');
  });

  it('that is removed is gone, and its policy has none', async () => {
    await apply({}, '--yes');
    expect((await schedule('remove', 'nightly')).exitCode).toBe(0);
    for (const command of ['pause', 'resume', 'trigger', 'remove']) {
      const ran = await schedule(command, 'nightly');
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/There is no schedule "nightly" in namespace/);
    }
  });
});

describe('the schedule of the review', () => {
  const RULE = 'review: { schedule: { rrule: FREQ=DAILY, start: "07:00", timeZone: UTC } }\n';
  const policies = 'policies: { nightly: {} }\nhosts: { web-1: { policy: nightly } }\n';

  async function applied(text: string) {
    await writeFile(join(directory, 'patchcycle.yaml'), text);
    const ran = await schedule('apply', '--by', 'ada', '--json', '--yes');
    if (ran.exitCode !== 0) throw new Error(ran.stderr);
    const { changes } = documentOf(ran) as { changes: { name: string; kind: string }[] };
    return changes.filter(({ name }) => name === 'policy-review').map(({ kind }) => kind);
  }

  it('is made, kept, changed and removed as the file says, and starts a review', async () => {
    expect(await applied(RULE + policies)).toEqual(['create']);
    expect(await applied(RULE + policies)).toEqual(['keep']);
    expect(await applied(RULE.replace('07:00', '08:30') + policies)).toEqual(['change']);
    const handle = env.client.schedule.getHandle(scheduleId('policy-review'));
    const { action, info } = await handle.describe();
    expect(action).toMatchObject({ workflowType: 'policyReview', taskQueue: 'patchcycle' });
    expect(info.nextActionTimes[0]?.toISOString()).toMatch(/T08:3\d:/);
    expect(ReviewInput.parse(action.args?.[0]).hosts).toHaveLength(1);
    expect(await applied(policies)).toEqual(['remove']);
    expect(await applied(policies)).toEqual([]);
  });

  it('is listed, paused, resumed, triggered and removed as those of policies are', async () => {
    await applied(RULE + policies);
    expect(await statusOf('policy-review')).toMatchObject({ hosts: 1, rule: 'FREQ=DAILY 07:00' });
    const why = ['--by', 'bob', '--why', 'audit'];
    expect((await schedule('pause', 'policy-review', ...why)).exitCode).toBe(0);
    const listed = (await schedule('list')).stdout;
    expect(listed).toMatch(/^policy-review is paused by bob on .*: audit$/m);
    expect((await schedule('resume', 'policy-review', '--by', 'bob')).exitCode).toBe(0);
    expect(await statusOf('policy-review')).toMatchObject({ paused: false });
    const ran = await schedule('trigger', 'policy-review', '--json');
    const { workflowId } = documentOf(ran) as { workflowId: string };
    const handle = env.client.workflow.getHandle(workflowId);
    expect(await handle.describe()).toMatchObject({ type: 'policyReview' });
    const again = await schedule('trigger', 'policy-review');
    expect(again.stderr).toMatch(/The schedule policy-review starts nothing: .* still runs/);
    await handle.terminate('the test is over');
    expect((await schedule('remove', 'policy-review')).exitCode).toBe(0);
    expect((await schedule('trigger', 'policy-review')).exitCode).toBe(1);
  });

  it('leaves a Schedule of its name alone that patchcycle did not make, whatever the file asks for', async () => {
    const handle = await env.client.schedule.create({
      scheduleId: scheduleId('policy-review'),
      spec: { intervals: [{ every: '1d' }] },
      action: { type: 'startWorkflow', workflowType: 'legalReview', taskQueue: 'legal' },
    });
    for (const text of [policies, RULE + policies]) {
      await expect(applied(text)).rejects.toThrow(/policy-review .*was not made by patchcycle/);
    }
    expect((await handle.describe()).action).toMatchObject({ workflowType: 'legalReview' });
    await handle.delete();
  });
});
