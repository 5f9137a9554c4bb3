import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { watchLogs, type LogWatch } from '../../../src/health/logs/follow.ts';
import { logPosition } from '../../../src/health/logs/position.ts';
import { FakeJournal } from '../support/journal.ts';

let directory: string;
let syslog: string;
let journal: FakeJournal;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-follow-'));
  syslog = join(directory, 'syslog');
  journal = new FakeJournal();
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function watch(ignore: RegExp[] = []): Promise<LogWatch> {
  const position = await logPosition(journal.run, [syslog]);
  return watchLogs({ run: journal.run, position, ignore, textLogs: [syslog], hostName: 'web-1' });
}

function text(message: string, program = 'app'): Promise<void> {
  return appendFile(syslog, `2026-11-24T11:36:01.123456+00:00 web-1 ${program}[12]: ${message}\n`);
}

const error = { PRIORITY: '3' };

describe('following the logs of a host', () => {
  it('counts kinds of error that come after the position, in the journal and in text logs', async () => {
    await writeFile(syslog, 'Nov 24 11:00:00 web-1 app[1]: error: long ago\n');
    journal.log('long ago', error);
    const logs = await watch();
    journal.log('lost connection 12', error);
    journal.log('lost connection 13', error);
    journal.log('all is well');
    await text('error: only the text log has this');
    await logs.advance();
    expect(logs.kinds).toEqual([
      {
        signature: 'app: lost connection <n>',
        source: 'the journal of app.service',
        count: 2,
        firstLine: 'app: lost connection 12',
        severe: false,
      },
      {
        signature: 'app: error: only the text log has this',
        source: syslog,
        count: 1,
        firstLine: 'app: error: only the text log has this',
        severe: false,
      },
    ]);
    expect(logs.linesRead).toBe(4);
  });

  it('does not count again in a text log what the journal has', async () => {
    const logs = await watch();
    journal.log('error: it broke', error);
    await text('error: it broke');
    await logs.advance();
    expect(logs.kinds).toMatchObject([{ count: 1, source: 'the journal of app.service' }]);
  });

  it('believes the urgency of the journal, not the words of the text log', async () => {
    const logs = await watch();
    journal.log('the error counter was reset', { PRIORITY: '6' });
    await text('the error counter was reset');
    await logs.advance();
    expect(logs.kinds).toEqual([]);
  });

  it('knows a line again that the syslog daemon writes only later', async () => {
    const logs = await watch();
    journal.log('the error counter was reset', { PRIORITY: '6' });
    await logs.advance();
    await text('the error counter was reset');
    await logs.advance();
    expect(logs.kinds).toEqual([]);
  });

  it('goes on where it was, also as a new watch from the old position', async () => {
    const first = await watch();
    journal.log('one', error);
    await text('error: two');
    await first.advance();
    const second = watchLogs({
      run: journal.run,
      position: first.position,
      ignore: [],
      textLogs: [syslog],
      hostName: 'web-1',
    });
    journal.log('three', error);
    await text('error: four');
    await second.advance();
    expect(second.kinds.map(({ signature }) => signature)).toEqual([
      'app: three',
      'app: error: four',
    ]);
  });

  it('reads everything of this boot when the journal has lost the position', async () => {
    journal.log('before', error);
    const logs = await watch();
    journal.log('lost', error);
    journal.forgotten = 2;
    journal.log('after the reboot', error);
    await logs.advance();
    expect(logs.kinds.map(({ signature }) => signature)).toEqual(['app: after the reboot']);
    expect(journal.asked.at(-1)).toContain('--boot=0');
  });

  it('tells once what of the text logs could not be read', async () => {
    await writeFile(syslog, 'Nov 24 11:00:00 web-1 app[1]: all is well\n');
    const logs = await watch();
    await logs.advance();
    expect(logs.unread).toEqual([]);
    await rm(syslog);
    await writeFile(syslog, 'Nov 24 11:00:01 web-1 app[1]: all is well\n');
    await logs.advance();
    await logs.advance();
    expect(logs.unread).toEqual([expect.stringContaining('is not there any more')]);
  });

  it('works on a host without a journal', async () => {
    journal.missing = true;
    await writeFile(syslog, '');
    const logs = await watch();
    expect(logs.position.journalCursor).toBeNull();
    await text('error: it broke');
    await logs.advance();
    expect(logs.kinds).toMatchObject([{ signature: 'app: error: it broke', count: 1 }]);
  });

  it.each([
    ['runs out of time', { exitCode: null, timedOut: true }],
    ['fails', { exitCode: 1, stderr: 'Failed to open journal: Bad message\n' }],
    ['is ended', { exitCode: null, signal: 'SIGKILL' }],
    ['could not be started', { exitCode: null, stderr: 'spawn journalctl EAGAIN\n' }],
  ])(
    'does not begin, so that it is tried again, when journalctl %s: the journal would never be read',
    async (_, broken) => {
      journal.broken = broken;
      await expect(watch()).rejects.toMatchObject({ type: 'CommandFailed', retryable: true });
    },
  );

  it('reads all of a journal that was not there yet when the watch began', async () => {
    journal.unwritten = true;
    const logs = await watch();
    await logs.advance();
    expect(logs.linesRead).toBe(0);
    journal.unwritten = false;
    journal.log('the first words', error);
    await logs.advance();
    journal.log('and more', error);
    await logs.advance();
    expect(logs.kinds.map(({ signature }) => signature)).toEqual([
      'app: the first words',
      'app: and more',
    ]);
  });

  it('goes on at once when journalctl ran out of time in the middle of its answer', async () => {
    const logs = await watch();
    journal.log('lost', error);
    journal.broken = {
      exitCode: null,
      timedOut: true,
      stdout: `${JSON.stringify(journal.entries[0])}\n{"__CURSOR":"c2","MESS`,
    };
    expect(await logs.advance()).toBe(true);
    expect(logs.position.journalCursor).toBe('c1');
  });

  it('fails, so that it is tried again, when the journal cannot be read', async () => {
    const logs = await watch();
    journal.missing = true;
    await expect(logs.advance()).rejects.toMatchObject({ type: 'CommandFailed', retryable: true });
  });

  it("leaves out what the tool's own units and the policy's patterns cover", async () => {
    const logs = await watch([/^some known noise/u]);
    journal.log('dpkg: error processing package', {
      ...error,
      _SYSTEMD_UNIT: 'patchcycle-20261124t184300z-1a2b3c4d-upgrade.service',
    });
    journal.log('some known noise 12', error);
    await text('dpkg: error processing package');
    await logs.advance();
    expect(logs.kinds).toEqual([]);
  });

  it('masks secrets in the lines that it keeps', async () => {
    const logs = await watch();
    journal.log('login failed with password=hunter2secret', error);
    await logs.advance();
    expect(JSON.stringify(logs.kinds)).not.toContain('hunter2');
  });

  it('asks journalctl with a bound, for the fields that it needs', async () => {
    const logs = await watch();
    await logs.advance();
    expect(journal.asked.at(-1)).toEqual([
      'journalctl',
      '--no-pager',
      '--all',
      '--output=json',
      '--output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,SYSLOG_FACILITY,_COMM,_TRANSPORT,_SYSTEMD_UNIT,UNIT',
      '--lines=50000',
      '--after-cursor=c0',
    ]);
  });
});
