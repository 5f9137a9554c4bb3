import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { readInventory } from '../../src/client/index.ts';
import type { Report } from '../../src/domain/report.ts';
import { plannedSchedules, type PlannedSchedule } from '../../src/planning/schedules.ts';
import { instantMs } from '../../src/planning/time-zone.ts';
import { openCycleBench, type CycleBench } from './support/cycle-bench.ts';
import { timeSkippingEnvironment } from './support/environments.ts';
import { endingsOf, goodHosts, startRollout, viewOf, withFleet } from './support/fleet.ts';

const DAY_MS = 86_400_000;
const ZONE = 'Europe/Berlin';
const WEEKS = 7;

/** Begins on Mondays; hosts are patched on Tuesdays and Thursdays, the canary a day and more before the others. */
const inventory = (blackout: { from: string; to: string }) => `policies:
  weekly:
    scope: all
    approval: { required: false }
    logs: { soak: 1s }
    limits: { agentAnswers: 5s, agentSilent: 1s }
    schedule: { rrule: 'FREQ=WEEKLY;BYDAY=MO', start: '01:00' }
    window: { rrule: 'FREQ=WEEKLY;BYDAY=TU,TH', start: '02:00', duration: 4h, timeZone: ${ZONE} }
    blackouts: [{ from: ${blackout.from}, to: ${blackout.to}, why: Christmas trade }]
    rollout: { waves: [1], soak: 1d }
groups:
  web: { budget: 1 }
hosts:
  weekly-1: { policy: weekly, groups: [web] }
  weekly-2: { policy: weekly, groups: [web] }
  weekly-3: { policy: weekly, groups: [web] }
`;

let bench: CycleBench;
let directory: string;
beforeAll(async () => {
  bench = await openCycleBench(await timeSkippingEnvironment());
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-weeks-'));
});
afterAll(async () => {
  await bench.stop();
  await rm(directory, { recursive: true });
});

const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** `Tue 02`: the local day of the week and hour. */
function localTime(at: string): string {
  const parts = { weekday: 'short', hour: '2-digit', hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, ...parts });
  return format.format(new Date(at)).replace(',', '');
}

/** The moments at which Temporal would start it within so many days, by the calendars that it is given. */
function startsOf({ times, timeZone }: PlannedSchedule, fromMs: number, days: number): number[] {
  return Array.from({ length: days }, (_, index) => new Date(fromMs + index * DAY_MS))
    .filter((day) =>
      times.some(
        ({ daysOfWeek, daysOfMonth, months }) =>
          (daysOfWeek?.includes(day.getUTCDay()) ?? true) &&
          (daysOfMonth?.includes(day.getUTCDate()) ?? true) &&
          (months?.includes(day.getUTCMonth() + 1) ?? true),
      ),
    )
    .flatMap((day) =>
      times.map(({ hour, minute }) => {
        const time = [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
        return instantMs(`${day.toISOString().slice(0, 10)}T${time}`, timeZone);
      }),
    );
}

async function sleepUntil(ms: number): Promise<void> {
  await bench.env.sleep(ms - (await bench.env.currentTimeMs()));
}

/** The next Monday, which is more than a day away. */
function nextMonday(nowMs: number): number {
  const today = nowMs - (nowMs % DAY_MS);
  const weekday = new Date(today).getUTCDay();
  return today + (((8 - weekday) % 7) + 7) * DAY_MS;
}

/**
 * The time-skipping server has no Schedules. So the rollouts are started here, as a Schedule
 * would: at the times that the file's schedule has in Temporal's calendars, under the names that
 * Temporal would give them, and not while the one before still runs.
 */
describe('a fleet with a schedule, a window, a blackout and a soak, over weeks', () => {
  it('is patched week after week when all of them allow it, and never otherwise', async () => {
    const firstMs = nextMonday(await bench.env.currentTimeMs());
    const blackout = { from: dateOf(firstMs + 8 * DAY_MS), to: dateOf(firstMs + 16 * DAY_MS) };
    await writeFile(join(directory, 'patchcycle.yaml'), inventory(blackout));
    const [schedule] = plannedSchedules(await readInventory(join(directory, 'patchcycle.yaml')));
    if (schedule === undefined) throw new Error('The file has a schedule');
    const starts = startsOf(schedule, firstMs, 7 * WEEKS);
    expect(starts).toHaveLength(WEEKS);

    const fleet = goodHosts('weekly', 3);
    const weeks: string[] = [];
    await withFleet(bench, fleet, async () => {
      let last: WorkflowHandle | null = null;
      for (const [week, startMs] of starts.entries()) {
        await sleepUntil(startMs);
        if (last !== null && (await viewOf(last)).state.name !== 'ended') {
          weeks.push('skipped');
          continue;
        }
        for (const { host, offer } of Object.values(fleet)) {
          host.packages = 'old';
          offer.version = `${week + 1}.0`;
        }
        const due = new Date(startMs).toISOString().replace('.000Z', 'Z');
        last = await startRollout(bench, `weekly-${due}`, schedule.input);
        weeks.push('started');
      }
      await sleepUntil(firstMs + 7 * WEEKS * DAY_MS);
      expect(endingsOf(await viewOf(last as unknown as WorkflowHandle))).toEqual({
        'weekly-1': 'patched',
        'weekly-2': 'patched',
        'weekly-3': 'patched',
      });
    });

    // What began before the blackout is finished in the fourth week, on its Tuesday.
    const expected = ['started', 'started', 'skipped', 'skipped', 'started', 'started', 'started'];
    expect(weeks).toEqual(expected);
    const changes = bench.stored.map(changeOf).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    const inTurn = (version: string, canary: string, others: string) => [
      ...[canary, others, others].map((day) => `${version} ${day}`),
    ];
    expect(changes.map(({ version, at }) => `${version} ${localTime(at)}`)).toEqual([
      ...inTurn('1.0', 'Tue 02', 'Thu 02'),
      ...inTurn('2.0', 'Thu 02', 'Tue 02'),
      ...['5.0', '6.0', '7.0'].flatMap((version) => inTurn(version, 'Tue 02', 'Thu 02')),
    ]);
    const [from, to] = [blackout.from, dateOf(Date.parse(blackout.to) + DAY_MS)].map((day) =>
      instantMs(`${day}T00:00`, ZONE),
    );
    const during = changes.filter(({ at }) => {
      const ms = Date.parse(at);
      return ms >= (from ?? NaN) && ms < (to ?? NaN);
    });
    expect(during).toEqual([]);
  });
});

/** Which version a cycle has brought, and when it began to change its host. */
function changeOf({ steps, plan, outcome }: Report): { version: string; at: string } {
  expect(outcome).toBe('patched');
  const upgrade = steps.find(({ step }) => step === 'upgrade');
  return { version: plan?.rows[0]?.newVersion ?? 'none', at: upgrade?.startedAt ?? 'never' };
}
