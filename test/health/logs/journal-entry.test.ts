import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { ErrorKinds } from '../../../src/health/logs/kinds.ts';
import { parseJournalEntry } from '../../../src/health/logs/journal-entry.ts';

const FIXTURE = new URL(
  '../fixtures/debian-12.journalctl-upgrade-and-reboot.stdout',
  import.meta.url,
);

const base = {
  __CURSOR: 's=1;i=2',
  __REALTIME_TIMESTAMP: '1795548945858212',
  MESSAGE: 'it broke',
  PRIORITY: '3',
};

function parse(more: Record<string, unknown>) {
  return parseJournalEntry(JSON.stringify({ ...base, ...more }));
}

describe('an entry of the journal', () => {
  it('gives cursor, time, program, unit and urgency', () => {
    expect(
      parse({ SYSLOG_IDENTIFIER: 'nginx', _SYSTEMD_UNIT: 'nginx.service', _TRANSPORT: 'syslog' }),
    ).toEqual({
      cursor: 's=1;i=2',
      own: false,
      line: {
        atMs: 1_795_548_945_858,
        program: 'nginx',
        message: 'it broke',
        source: 'the journal of nginx.service',
        priority: 3,
        aboutLogin: false,
      },
    });
  });

  it('names the unit that systemd tells about', () => {
    expect(parse({ _SYSTEMD_UNIT: 'init.scope', UNIT: 'shop.service' })?.line.source).toBe(
      'the journal of shop.service',
    );
  });

  it('has no stated urgency where a service only prints', () => {
    expect(parse({ _TRANSPORT: 'stdout', PRIORITY: '6' })?.line.priority).toBeNull();
    expect(parse({ _TRANSPORT: 'stdout', PRIORITY: '3' })?.line.priority).toBe(3);
    expect(parse({ _TRANSPORT: 'syslog', PRIORITY: '6' })?.line.priority).toBe(6);
  });

  it('is read where it is bytes, given twice, or too large', () => {
    expect(parse({ MESSAGE: [105, 116, 255] })?.line.message).toBe('it\ufffd');
    expect(parse({ MESSAGE: ['first', 'second'] })?.line.message).toBe('first');
    expect(parse({ MESSAGE: null })?.line.message).toBe('');
  });

  it.each([
    [{ _SYSTEMD_UNIT: 'patchcycle-agent.service' }],
    [{ _SYSTEMD_UNIT: 'patchcycle-20261124t184300z-1a2b3c4d-upgrade.service' }],
    [{ _SYSTEMD_UNIT: 'init.scope', UNIT: 'patchcycle-20261124t184300z-1a2b3c4d-upgrade.service' }],
  ])("is the tool's own by its unit: %j", (fields) => {
    expect(parse(fields)?.own).toBe(true);
    expect(parse({ _SYSTEMD_UNIT: 'patchcycles.service' })?.own).toBe(false);
  });

  it('that was cut off is none', () => {
    expect(parseJournalEntry('{"__CURSOR":"s=1","MESS')).toBeNull();
    expect(parseJournalEntry('-- No entries --')).toBeNull();
  });
});

describe('a real upgrade of 24 packages, a restart of nginx, rsyslog, dbus, ssh, cron, and a reboot', () => {
  it('logs nothing that would count as an error', async () => {
    const text = await readFile(FIXTURE, 'utf8');
    const entries = text
      .trim()
      .split('\n')
      .map((json) => parseJournalEntry(json));
    const kinds = new ErrorKinds([]);
    for (const entry of entries) {
      if (entry === null) throw new Error('An entry of the fixture could not be read');
      kinds.add(entry.line, 'journal');
    }
    expect(entries.length).toBeGreaterThan(200);
    expect(kinds.all()).toEqual([]);
  });
});
