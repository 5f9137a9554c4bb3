import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Check } from '../../src/domain/health.ts';
import { Health } from '../../src/domain/policy.ts';
import { watchLogs } from '../../src/health/logs/follow.ts';
import { knownErrorKinds } from '../../src/health/logs/known.ts';
import { logPosition } from '../../src/health/logs/position.ts';
import { takeSnapshot } from '../../src/health/snapshot.ts';
import type { Argv } from '../../src/host/tools.ts';
import { startLabHost, type LabHost } from '../../src/lab/host.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import {
  SECRET_CANARY,
  SHOP_CONFIGURATION,
  shopConfiguration,
  shopPackage,
  type ShopFault,
} from '../../src/lab/shop-package.ts';
import { compareHealth } from '../../src/planning/compare-health.ts';
import { judgeLogs, type LogVerdict } from '../../src/planning/log-verdict.ts';

let repository: LabRepository;
let host: LabHost;
let port: number;
let textLogs: string[];

beforeAll(async () => {
  repository = await createRepository();
  port = await freePort();
  const packages = await repository.publish(shopPackage({ version: '1.0' }));
  host = await startLabHost({
    name: 'shop-health',
    archives: [],
    repositories: [repository.sourcesEntry()],
    packages: packages.map(({ file }) => file),
    files: { [SHOP_CONFIGURATION]: shopConfiguration(port) },
  });
  textLogs = [join(host.root, 'var/log/syslog')];
});

afterAll(async () => {
  await host?.destroy();
  await repository?.close();
});

const run = (argv: Argv, options = {}): ReturnType<LabHost['run']> => host.run(argv, options);
const tools = { run, progress: () => undefined };

let minor = 0;

/** Installs a shop, 1.0 at first and then ever newer ones. */
async function install(fault: ShopFault): Promise<void> {
  const version = `2.${++minor}`;
  await repository.publish(shopPackage({ version, fault }));
  await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
  await host.runOrThrow(['apt-get', '-q', '-y', 'install', `shop=${version}`], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    timeoutMs: 120_000,
  });
}

/** Patches a healthy shop with a faulty one, as a cycle would, and judges the host. */
async function patchWith(fault: ShopFault): Promise<{ verdict: LogVerdict; worse: Check[] }> {
  await install('none');
  await sleep(500);
  const health = Health.parse({
    services: ['shop'],
    http: [{ url: `http://127.0.0.1:${port}/health` }],
  });
  const position = await logPosition(run, textLogs);
  const known = await knownErrorKinds({
    run,
    ignore: [],
    nowMs: Date.now(),
    except: [{ fromMs: 0, toMs: Date.now() }],
    textLogs,
  });
  const before = await takeSnapshot(tools, health);
  expect(before.probes).toMatchObject([{ ok: true }]);

  await install(fault);
  const change = watchLogs({ run, position, ignore: [], textLogs, hostName: 'shop-health' });
  await change.advance();
  const soak = watchLogs({
    run,
    position: change.position,
    ignore: [],
    textLogs,
    hostName: 'shop-health',
  });
  await sleep(4_000);
  await soak.advance();
  const verdict = judgeLogs({
    known: new Set(known.map(({ signature }) => signature)),
    duringChange: change.kinds,
    duringSoak: soak.kinds,
  });
  const checks = compareHealth(before, await takeSnapshot(tools, health), health);
  return { verdict, worse: checks.filter(({ ok }) => !ok) };
}

describe('a shop that is patched', () => {
  it('with a good version is as healthy as before, and logs nothing new', async () => {
    const { verdict, worse } = await patchWith('none');
    expect(worse).toEqual([]);
    expect(verdict).toMatchObject({ newKinds: [], passingKinds: [], findings: [] });
  });

  it('with one that logs a new error each second is found out by its log, without its password', async () => {
    const { verdict } = await patchWith('noisy');
    expect(verdict.beyondDoubt).toBe(true);
    expect(verdict.newKinds[0]).toMatchObject({
      source: 'the journal of shop.service',
      firstLine: expect.stringContaining('payment gateway refused order'),
    });
    expect(JSON.stringify(verdict)).not.toContain(SECRET_CANARY);
  });

  it('with one that ends as soon as it starts is found out by its service and its probe', async () => {
    const { worse, verdict } = await patchWith('exits');
    expect(worse.map(({ name }) => name)).toEqual([
      'service shop',
      `http http://127.0.0.1:${port}/health`,
    ]);
    expect(verdict.passingKinds.map(({ firstLine }) => firstLine)).toContainEqual(
      expect.stringContaining('cannot read the catalogue'),
    );
  });

  it('with one that answers 500 is found out by its probe', async () => {
    const { worse } = await patchWith('unhealthy');
    expect(worse).toEqual([
      expect.objectContaining({ detail: expect.stringContaining('status 500 instead of 200') }),
    ]);
  });

  it('with one that has become slow is found out by its time against the baseline', async () => {
    const { worse } = await patchWith('slow');
    expect(worse).toEqual([
      expect.objectContaining({ detail: expect.stringContaining('answers too slowly') }),
    ]);
  });
});
