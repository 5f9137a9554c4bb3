import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Health } from '../../src/domain/policy.ts';
import { watchLogs, type LogWatch } from '../../src/health/logs/follow.ts';
import { knownErrorKinds } from '../../src/health/logs/known.ts';
import { logPosition } from '../../src/health/logs/position.ts';
import { takeSnapshot, unmetRequirements } from '../../src/health/snapshot.ts';
import { startLabHost, type LabHost } from '../../src/lab/host.ts';
import type { Argv } from '../../src/host/tools.ts';

const HOST = 'health-1';

let host: LabHost;
let syslog: string;

beforeAll(async () => {
  host = await startLabHost({ name: HOST });
  syslog = join(host.root, 'var/log/syslog');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await host.runOrThrow(['apt-get', '-q', 'update'], { timeoutMs: 120_000 });
  await host.runOrThrow(
    ['apt-get', '-q', '-y', '--no-install-recommends', 'install', 'rsyslog', 'logrotate'],
    { timeoutMs: 240_000, env },
  );
});

afterAll(async () => {
  await host.destroy();
});

const run = (argv: Argv, options = {}): ReturnType<LabHost['run']> => host.run(argv, options);
const tools = { run, progress: () => undefined };

async function watch(): Promise<LogWatch> {
  const position = await logPosition(run, [syslog]);
  return watchLogs({ run, position, ignore: [], textLogs: [syslog], hostName: HOST });
}

function log(message: string, priority = 'daemon.err'): Promise<string> {
  return host.runOrThrow(['logger', '-t', 'shop', '-p', priority, '--', message]);
}

/** Reads until the syslog daemon has written what was logged. */
async function readAll(logs: LogWatch, linesMin: number): Promise<LogWatch['kinds']> {
  for (let n = 0; n < 100 && logs.linesRead < linesMin; n++) {
    await logs.advance();
    await sleep(50);
  }
  await logs.advance();
  return logs.kinds;
}

describe('a real host', () => {
  it('shows its services, and what the policy requires of them', async () => {
    const health = Health.parse({
      services: ['nginx', 'ghost'],
      http: [{ url: `http://127.0.0.1:${host.httpPort}/health` }],
      tcp: [{ port: host.httpPort }],
    });
    const snapshot = await takeSnapshot(tools, health);
    expect(snapshot.activeServices).toEqual(expect.arrayContaining(['nginx', 'rsyslog']));
    expect(snapshot.failedUnits).toEqual([]);
    expect(snapshot.probes.map(({ ok, detail }) => [ok, detail])).toEqual([
      [true, 'answers'],
      [true, 'answers'],
    ]);
    expect(unmetRequirements(snapshot, health)).toEqual([
      'service ghost does not run, or not steadily',
    ]);
  });

  it('shows a service that systemd starts again and again as one that does not run', async () => {
    await host.writeFile(
      '/etc/systemd/system/loop.service',
      '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep 0.4\nRestart=always\nRestartSec=10ms\n[Install]\nWantedBy=multi-user.target\n',
    );
    await host.runOrThrow(['systemctl', 'enable', '--now', 'loop.service']);
    await sleep(2_000);
    for (let look = 0; look < 5; look++) {
      const { activeServices } = await takeSnapshot(tools, Health.parse({ services: ['loop'] }));
      expect(activeServices).not.toContain('loop');
    }
    await host.runOrThrow(['systemctl', 'disable', '--now', 'loop.service']);
  });

  it('shows a unit that has failed', async () => {
    await host.run(['systemctl', 'start', 'broken.service']);
    await host.writeFile(
      '/etc/systemd/system/broken.service',
      '[Service]\nType=oneshot\nExecStart=/bin/false\n',
    );
    await host.runOrThrow(['systemctl', 'daemon-reload']);
    await host.run(['systemctl', 'start', 'broken.service']);
    expect((await takeSnapshot(tools, Health.parse({}))).failedUnits).toEqual(['broken.service']);
    await host.runOrThrow(['systemctl', 'reset-failed']);
  });

  it('counts an error once, although journal and text log both have it', async () => {
    const logs = await watch();
    await log('lost connection 12 to the database');
    await log('lost connection 13 to the database');
    await log('the error counter was reset', 'daemon.info');
    expect(await readAll(logs, 6)).toEqual([
      expect.objectContaining({ signature: 'shop: lost connection <n> to the database', count: 2 }),
    ]);
  });

  it('reads on across a rotation by logrotate', async () => {
    const logs = await watch();
    await log('before the rotation');
    await sleep(500);
    await host.runOrThrow(['logrotate', '--force', '/etc/logrotate.d/rsyslog']);
    await log('after the rotation');
    const kinds = await readAll(logs, 4);
    expect(kinds.map(({ signature }) => signature).toSorted()).toEqual([
      'shop: after the rotation',
      'shop: before the rotation',
    ]);
    const lines = logs.position.files.map(({ path }) => path);
    expect(lines).toEqual([syslog]);
  });

  it('finds no error in a restart of its services and a reboot, and reads on after it', async () => {
    const logs = await watch();
    await host.runOrThrow(['systemctl', 'restart', 'nginx', 'rsyslog', 'systemd-journald']);
    const boots = host.bootCount;
    await host.run(['systemctl', '--no-block', 'reboot']);
    await host.waitForReboot(boots);
    await logs.advance();
    expect(logs.kinds).toEqual([]);
    expect(logs.linesRead).toBeGreaterThan(50);
    await log('a new error');
    expect(await readAll(logs, logs.linesRead + 2)).toEqual([
      expect.objectContaining({ signature: 'shop: a new error' }),
    ]);
  });

  it('knows the errors of its earlier boots', async () => {
    const known = await knownErrorKinds({
      run,
      ignore: [],
      nowMs: Date.now(),
      except: [],
      textLogs: [syslog],
    });
    expect(known.map(({ signature }) => signature)).toEqual(
      expect.arrayContaining(['shop: a new error', 'shop: lost connection <n> to the database']),
    );
    const excepted = await knownErrorKinds({
      run,
      ignore: [],
      nowMs: Date.now(),
      except: [{ fromMs: 0, toMs: Date.now() }],
      textLogs: [syslog],
    });
    expect(excepted).toEqual([]);
  });
});
