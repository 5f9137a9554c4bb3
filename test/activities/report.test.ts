import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { storeReport } from '../../activities/control/store-report.ts';
import { report } from '../../activities/report.ts';
import { REPORTED_COMMANDS_MAX, Report } from '../../src/domain/report.ts';
import { writeSoak } from '../../src/health/logs/soak-entry.ts';
import { recordCommand } from '../../src/host/command-log.ts';
import { folderStore } from '../../src/store/folder.ts';
import { temporaryDirectory } from '../host/support/temporary.ts';
import { REPORT as DRAFT } from './support/empty-report.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

describe('report', () => {
  it('adds the commands of the cycle, the last of many, and counts them all', async () => {
    const context = await stepContext();
    for (let number = 0; number < REPORTED_COMMANDS_MAX + 10; number += 1) {
      const at = '2026-11-24T18:43:00.000Z';
      await recordCommand(context.journal.directory, {
        at,
        step: 'plan',
        argv: [`c${number}`],
        exitCode: 0,
        durationMs: 1,
      });
    }
    const complete = await report(context, { ...stepInput(), draft: DRAFT });
    expect(complete.commands).toHaveLength(REPORTED_COMMANDS_MAX);
    expect(complete.commands.at(-1)?.argv).toEqual([`c${REPORTED_COMMANDS_MAX + 9}`]);
    expect(complete.commandCount).toBe(REPORTED_COMMANDS_MAX + 10);
    expect(Report.parse(complete)).toEqual(complete);
  });

  it('adds what a soak found that failed, which the workflow does not know', async () => {
    const context = await stepContext();
    const position = { journalCursor: null, files: [] };
    const found = {
      soakMs: 15_000,
      linesRead: 36,
      newKinds: [{ signature: 'shop: no such table', source: 'shop', count: 7, firstLine: 'x' }],
      knownKinds: [],
      passingKinds: [],
    };
    await writeSoak(context.journal, {
      asking: '7',
      startedAt: '2026-11-24T18:43:00.000Z',
      boot: { bootId: '0b8c1f0e-8d1c-4c3a-9a57-3f2a4a1f5d10', initStartTicks: '1' },
      position,
      duringChange: { kinds: [], linesRead: 0, unread: [] },
      end: { position, report: found, findings: ['new kind of error'], unread: [] },
    });
    const complete = await report(context, { ...stepInput(), draft: { ...DRAFT, logs: null } });
    expect(complete.logs).toEqual(found);
    const known = { ...found, linesRead: 1 };
    const again = await report(context, { ...stepInput(), draft: { ...DRAFT, logs: known } });
    expect(again.logs).toEqual(known);
  });

  it('keeps itself in the directory of the cycle as JSON, Markdown and HTML', async () => {
    const context = await stepContext();
    const complete = await report(context, { ...stepInput(), draft: DRAFT });
    const kept = (name: string) => readFile(join(context.journal.directory, name), 'utf8');
    expect(JSON.parse(await kept('report.json'))).toEqual(complete);
    expect(await kept('report.md')).toContain('web-1');
    expect(await kept('report.html')).toContain('</html>');
  });
});

describe('storeReport', () => {
  it('keeps a report under the names of host and cycle, again and again', async () => {
    const directory = join(await temporaryDirectory(), 'reports');
    const { location } = await storeReport(DRAFT, folderStore(directory));
    expect(await storeReport(DRAFT, folderStore(directory))).toEqual({ location });
    expect(location).toBe(join(directory, `web-1-${CYCLE}.html`));
    expect(JSON.parse(await readFile(location.replace('.html', '.json'), 'utf8'))).toEqual(DRAFT);
  });

  it('refuses what is no report, above all names that would leave the folder', async () => {
    const store = folderStore(await temporaryDirectory());
    await expect(storeReport({ ...DRAFT, host: '../../etc/x' }, store)).rejects.toThrow('host');
    await expect(storeReport({}, store)).rejects.toThrow();
  });
});
