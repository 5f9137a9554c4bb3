import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parseServices, readUnitStates } from '../../src/health/services.ts';
import type { CommandResult, RunCommand } from '../../src/host/tools.ts';
import { result } from './support/journal.ts';

const FIXTURE = new URL('./fixtures/debian-12.systemctl-show.stdout', import.meta.url);

function unit(properties: Record<string, string>): string {
  return Object.entries({
    Id: 'app.service',
    Names: 'app.service',
    ActiveState: 'active',
    Type: 'simple',
    UnitFileState: 'enabled',
    TriggeredBy: '',
    NRestarts: '0',
    ActiveEnterTimestampMonotonic: '1000000',
    ...properties,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

const HOUR_MS = 3_600_000;

function only(properties: Record<string, string>) {
  return parseServices(unit(properties), HOUR_MS)[0];
}

describe('the services of a real Debian 12', () => {
  it('are permanent where they are enabled or always there, and not where they come on demand', async () => {
    const services = parseServices(await readFile(FIXTURE, 'utf8'), HOUR_MS);
    const permanent = services.filter(({ permanent }) => permanent).map(({ name }) => name);
    expect(permanent.toSorted()).toEqual([
      'console-getty',
      'cron',
      'exim4',
      'nginx',
      'rsyslog',
      'ssh',
      'systemd-remount-fs',
      'unattended-upgrades',
    ]);
    expect(services.find(({ name }) => name === 'rsyslog')?.aliases).toEqual(['syslog']);
  });
});

describe('a service', () => {
  it.each([
    ['that is static and triggered by nothing', { UnitFileState: 'static' }, true],
    ['that is generated from an init script', { UnitFileState: 'generated' }, true],
    ['that a socket starts', { UnitFileState: 'static', TriggeredBy: 'app.socket' }, false],
    [
      'that a socket starts but that is enabled as well',
      { UnitFileState: 'enabled', TriggeredBy: 'app.socket' },
      true,
    ],
    ['that the bus starts', { UnitFileState: 'static', Type: 'dbus' }, false],
    ['that systemd runs once at boot', { UnitFileState: 'static', Type: 'oneshot' }, false],
    ['that somebody started by hand', { UnitFileState: 'disabled' }, false],
    ['that is transient', { UnitFileState: 'transient' }, false],
  ])('%s is permanent: %j -> %s', (_, properties, permanent) => {
    expect(only(properties)?.permanent).toBe(permanent);
  });

  it('runs while it is active or reloads', () => {
    const states = ['active', 'reloading', 'activating', 'deactivating', 'inactive', 'failed'];
    expect(states.filter((ActiveState) => only({ ActiveState })?.active)).toEqual([
      'active',
      'reloading',
    ]);
  });

  it('that systemd restarted more than once, the last time a moment ago, does not run steadily', () => {
    const momentAgo = String((HOUR_MS - 2_000) * 1_000);
    expect(only({ NRestarts: '5', ActiveEnterTimestampMonotonic: momentAgo })?.restarting).toBe(
      true,
    );
    expect(only({ NRestarts: '1', ActiveEnterTimestampMonotonic: momentAgo })?.restarting).toBe(
      false,
    );
    expect(only({ NRestarts: '5' })?.restarting).toBe(false);
  });

  it.each([
    'patchcycle-agent',
    'patchcycle-20261124t184300z-1a2b3c4d-upgrade',
    'user@1000',
    'run-r12',
    'session-3',
    'apt-daily',
  ])('that comes and goes is left out: %s', (name) => {
    expect(parseServices(unit({ Id: `${name}.service` }), HOUR_MS)).toEqual([]);
  });
});

describe('reading the states of units', () => {
  const SHOWN = unit({ Id: 'nginx.service' });

  /** A systemctl of which the test decides how `show` and `list-units` end. */
  function systemctl(ends: Record<string, Partial<CommandResult>>): RunCommand {
    return (argv) =>
      Promise.resolve({
        ...result(argv, 0, argv[1] === 'show' ? SHOWN : 'old.service loaded failed\n'),
        ...ends[argv[1] ?? ''],
      });
  }

  const BOOTED = (): Promise<boolean> => Promise.resolve(true);
  const NOT_BOOTED = (): Promise<boolean> => Promise.resolve(false);

  const BAD_ENDS: [string, Partial<CommandResult>][] = [
    ['fails', { exitCode: 1, stdout: '', stderr: 'Failed to connect to bus' }],
    ['runs out of time', { exitCode: null, timedOut: true }],
    ['says more than is kept', { truncated: true }],
  ];
  const BAD = ['show', 'list-units'].flatMap((command) =>
    BAD_ENDS.map(([how, end]) => ({ command, how, end })),
  );

  it('answers services and failed units', async () => {
    expect(await readUnitStates(systemctl({}), BOOTED)).toMatchObject({
      services: [{ name: 'nginx', active: true }],
      failedUnits: ['old.service'],
    });
  });

  it.each(BAD)(
    'fails, so that it is tried again, when systemctl $command $how on a host of systemd',
    async ({ command, end }) => {
      await expect(readUnitStates(systemctl({ [command]: end }), BOOTED)).rejects.toMatchObject({
        type: 'CommandFailed',
        retryable: true,
      });
    },
  );

  it.each(BAD)(
    'knows of no service when systemctl $command $how where systemd does not run',
    async ({ command, end }) => {
      expect(await readUnitStates(systemctl({ [command]: end }), NOT_BOOTED)).toEqual({
        services: null,
        failedUnits: [],
      });
    },
  );
});
