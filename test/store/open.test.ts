import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openStore, reportsLocation } from '../../src/store/open.ts';
import { cycleBegan, parseReportName, reportName } from '../../src/store/report-name.ts';

describe('where reports are kept', () => {
  it('is what the environment says, or in the state directory of the user', () => {
    expect(reportsLocation({ PATCHCYCLE_REPORTS: '/srv/reports' })).toBe('/srv/reports');
    expect(reportsLocation({ XDG_STATE_HOME: '/state' })).toBe('/state/patchcycle/reports');
    expect(reportsLocation({})).toMatch(/\/\.local\/state\/patchcycle\/reports$/);
  });

  it.each([
    ['/srv/reports', '/srv/reports'],
    ['s3://audit', 's3://audit/'],
    ['s3://audit/', 's3://audit/'],
    ['s3://audit/patch/reports/', 's3://audit/patch/reports/'],
  ])('may be %s', async (location, meant) => {
    expect((await openStore(location)).location).toBe(meant);
  });

  it.each(['s3://', 's3://A_B', 's3:///x', 'https://example.org/reports', 's3://audit/a b?c'])(
    'cannot be %s',
    async (location) => {
      await expect(openStore(location)).rejects.toMatchObject({ type: 'BadInput' });
    },
  );
});

describe('a place with a password in it', () => {
  it('is refused without the password being told', async () => {
    const refused = openStore('s3://AKIAEXAMPLE:hunter2@audit/reports');
    await expect(refused).rejects.toMatchObject({
      message: expect.not.stringContaining('hunter2'),
      type: 'BadInput',
    });
  });
});

describe('the name of a stored report', () => {
  it('tells host and cycle, and what is no such name is no report', () => {
    const of = { host: 'web-1.example.org', cycle: '20261124t184300z-1a2b3c4d' };
    expect(parseReportName(`${reportName(of)}.json`)).toEqual(of);
    expect(cycleBegan(of.cycle)).toBe('2026-11-24T18:43:00Z');
    expect(() => reportName({ ...of, host: '../x' })).toThrow();
    fc.assert(
      fc.property(fc.string(), (name) => {
        const found = parseReportName(name);
        expect(found === null || `${reportName(found)}.json` === name).toBe(true);
      }),
    );
  });
});
