import { describe, expect, it } from '@jest/globals';
import { parseUnits, planUnits, type UnitNow } from '../../src/backup/services.ts';
import type { StaleProcess } from '../../src/backup/stale-code.ts';
import type { HealthSnapshot } from '../../src/domain/health.ts';

/** When the backup was made, on the kernel's clock. */
const BACKUP_MS = 1_000_000;

function unit(id: string, more: Partial<UnitNow> = {}): UnitNow {
  return {
    id,
    loadState: 'loaded',
    activeState: 'active',
    unitFileState: 'enabled',
    onDemand: false,
    startedMs: 10,
    ...more,
  };
}

function before(activeServices: string[], failedUnits: string[] = []): HealthSnapshot {
  return { takenAt: '2026-01-01T00:00:00.000Z', activeServices, failedUnits, probes: [] };
}

function stale(unitName: string | null): StaleProcess {
  return { pid: 7, name: 'x', unit: unitName, file: '/usr/lib/libx.so' };
}

function plan(units: UnitNow[], was: HealthSnapshot, processes: StaleProcess[] = []) {
  return planUnits(units, { before: was, stale: processes, sinceMs: BACKUP_MS });
}

const NOTHING = { stop: [], forget: [], restart: [] };

describe('After a restore', () => {
  it('a service that ran all the time is left alone', () => {
    expect(plan([unit('nginx.service')], before(['nginx']))).toEqual(NOTHING);
  });

  it('a service that was started since the backup is restarted, for it may have read anything of the change', () => {
    const started = unit('shop.service', { startedMs: BACKUP_MS + 1 });
    expect(plan([started], before(['shop'])).restart).toEqual(['shop.service']);
  });

  it('after a boot with the change only what does not run is started, because another boot follows', () => {
    const units = [
      unit('a.service', { startedMs: 5 }),
      unit('b.service', { activeState: 'failed' }),
    ];
    expect(
      planUnits(units, { before: before(['a', 'b']), stale: [], sinceMs: Infinity }).restart,
    ).toEqual(['b.service']);
  });

  it.each(['failed', 'inactive'])('a service that ran and is %s is started', (activeState) => {
    expect(plan([unit('shop.service', { activeState })], before(['shop'])).restart).toEqual([
      'shop.service',
    ]);
  });

  it('a failure that is new is forgotten, an old one is not', () => {
    const units = [
      unit('new.service', { activeState: 'failed' }),
      unit('old.service', { activeState: 'failed' }),
    ];
    expect(plan(units, before([], ['old.service'])).forget).toEqual(['new.service']);
  });

  it('a service with old code in it is restarted', () => {
    const running = [unit('nginx.service'), unit('cron.service')];
    expect(plan(running, before(['nginx', 'cron']), [stale('cron.service')]).restart).toEqual([
      'cron.service',
    ]);
  });

  it.each([
    'dbus.service',
    'dbus-broker.service',
    'systemd-journald.service',
    'user@0.service',
    'getty@tty1.service',
    'patchcycle-agent.service',
    'patchcycle-20261124t184300z-1a2b3c4d-upgrade-1.service',
    'init.scope',
  ])('%s is neither restarted nor stopped', (id) => {
    const running = [unit(id, { startedMs: BACKUP_MS + 1, loadState: 'not-found' }), unit(id)];
    const name = id.replace(/\.service$/, '');
    expect(plan(running, before([name]), [stale(id)])).toEqual(NOTHING);
    expect(plan(running, before([]), [stale(id)])).toEqual(NOTHING);
  });

  it('what came with the change is stopped: units without a file, and enabled services that did not run', () => {
    const units = [
      unit('gone.service', { loadState: 'not-found', unitFileState: '' }),
      unit('gone.timer', { loadState: 'not-found', unitFileState: '' }),
      unit('enabled.service'),
    ];
    expect(plan(units, before([])).stop).toEqual(['enabled.service', 'gone.service', 'gone.timer']);
  });

  it('what runs for a reason of its own is not stopped', () => {
    const units = [
      unit('by-timer.service', { unitFileState: 'static', onDemand: true }),
      unit('by-hand.service', { unitFileState: 'disabled' }),
      unit('socket-started.service', { onDemand: true }),
      unit('some.timer'),
    ];
    expect(plan(units, before([]))).toEqual(NOTHING);
  });

  it('a unit whose file is gone is not started, whatever it was', () => {
    const gone = unit('gone.service', { loadState: 'not-found', activeState: 'failed' });
    expect(plan([gone], before(['gone']))).toEqual({ ...NOTHING, forget: ['gone.service'] });
  });
});

describe('Units as systemctl shows them', () => {
  it('are read block by block', () => {
    const shown = [
      'Type=notify',
      'ExecMainStartTimestampMonotonic=123456789',
      'Id=nginx.service',
      'LoadState=loaded',
      'ActiveState=active',
      'UnitFileState=enabled',
      'TriggeredBy=',
      '',
      'Id=apt-daily.timer',
      'LoadState=loaded',
      'ActiveState=active',
      'UnitFileState=enabled',
      '',
      'Type=oneshot',
      'Id=fstrim.service',
      'LoadState=loaded',
      'ActiveState=inactive',
      'UnitFileState=static',
      'TriggeredBy=fstrim.timer',
      '',
    ].join('\n');
    expect(parseUnits(shown)).toEqual([
      unit('nginx.service', { startedMs: 123_456.789 }),
      unit('apt-daily.timer', { startedMs: 0 }),
      unit('fstrim.service', {
        activeState: 'inactive',
        unitFileState: 'static',
        onDemand: true,
        startedMs: 0,
      }),
    ]);
  });
});
