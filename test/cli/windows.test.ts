import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Openings } from '../../src/client/index.ts';
import { documentOf, run } from './support/memory-io.ts';

const YEAR = new Date().getUTCFullYear();

const FILE = `calendars:
  holidays: { file: calendars/holidays.ics }
policies:
  nights:
    window: { rrule: FREQ=DAILY, start: '02:00', duration: 4h, timeZone: Europe/Berlin }
    blackouts: [{ calendar: holidays }]
  any: {}
hosts:
  db-1: { policy: nights }
  web-1: { policy: any }
`;

const HOLIDAYS = [
  ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:1', 'SUMMARY:Stocktaking'],
  ...[`DTSTART;VALUE=DATE:${YEAR}0101`, `DTEND;VALUE=DATE:${YEAR}0103`, 'RRULE:FREQ=MONTHLY'],
  ...['END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n');

describe('patchcycle windows', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'patchcycle-windows-'));
    await writeFile(join(directory, 'patchcycle.yaml'), FILE);
    await writeFile(join(directory, 'holidays.ics'), HOLIDAYS);
  });
  afterAll(() => rm(directory, { recursive: true }));
  const windows = (host: string, ...more: string[]) =>
    run(['windows', host, ...more], {
      workingDirectory: directory,
      env: { TZ: 'America/New_York' },
    });

  it('says which calendar cannot be read, with its place', async () => {
    const { exitCode, stderr } = await windows('db-1');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/patchcycle\.yaml:2:21: the calendar "holidays" is not usable: /);
  });

  it("lists the next ten openings in the host's and one's own time zone, and the blackouts between", async () => {
    await writeFile(
      join(directory, 'patchcycle.yaml'),
      FILE.replace('calendars/holidays', 'holidays'),
    );
    const { exitCode, stdout } = await windows('db-1');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^OPENS \(Europe\/Berlin\) +OPENS \(America\/New_York\) +FOR/m);
    expect(
      stdout.match(/^\w{3} \d{4}-\d\d-\d\d 02:00 +\w{3} \d{4}-\d\d-\d\d 2[01]:00 +4h/gm),
    ).not.toHaveLength(0);
    const { openings, blackouts } = documentOf(await windows('db-1', '--json')) as Openings;
    expect(openings).toHaveLength(10);
    for (const { opensAt } of openings) {
      const day = new Date(Date.parse(opensAt) + 3 * 3_600_000).getUTCDate();
      expect([1, 2]).not.toContain(day);
    }
    for (const { why } of blackouts) expect(why).toBe('Stocktaking');
  });

  it('says that a host without window and blackouts may be changed at any time', async () => {
    const { stdout } = await windows('web-1');
    expect(stdout).toMatch(/web-1 may be changed at any time/);
  });

  it('needs a host that the file knows, or a policy', async () => {
    expect((await windows('db-2')).exitCode).toBe(1);
    expect((await windows('db-2', '--policy', 'nights')).exitCode).toBe(0);
  });
});
