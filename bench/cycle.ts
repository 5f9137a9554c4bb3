import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NamedPolicy } from '../src/domain/policy.ts';
import type { Report } from '../src/domain/report.ts';
import type { LabHost } from '../src/lab/host.ts';
import type { Site } from '../src/lab/site.ts';
import { onSite } from './lab-site.ts';
import { median, type BenchResult } from './result.ts';

/** How much of a cycle's time may come on top of the raw commands: a twentieth, and this for each step. */
const RATIO = 1.05;
const A_STEP_MS = 150;
const SOAK_MS = 1_000;

/** Both hosts' updates are the same real ones, and both reboot. */
const POLICY = NamedPolicy.parse({
  name: 'bench',
  scope: 'all',
  approval: { required: false },
  reboot: 'always',
  logs: { soak: `${SOAK_MS}ms` },
});

type Measured = { cycleMs: number; report: Report; agentStartMs: number };

/** Pairs of fresh hosts, in turn of who comes first; the middle ratio counts. */
const PAIRS = 3;

type Pair = { ratio: number; cycleMs: number; rawMs: number; report: Report };

/** A whole cycle of real updates with reboot, against the same commands by hand on an identical host. */
export async function cycleAgainstRawCommands(): Promise<BenchResult> {
  return onSite(async (site) => {
    const first = await updatableHost(site, 'bench-cycle-0');
    const lists = await sameLists(first, (await runCycle(site.client, first)).report);
    await first.destroy();
    const pairs: Pair[] = [];
    for (let number = 1; number <= PAIRS; number++) {
      pairs.push(await measurePair(site, number, lists));
    }
    const middle = median(pairs.map(({ ratio }) => ratio));
    const { report } = pairs[0] ?? {};
    const told = pairs.map(({ cycleMs, rawMs }) => `${seconds(cycleMs)} and ${seconds(rawMs)}`);
    return {
      what: `a real cycle of ${report?.plan?.changeCount ?? 0} packages, over ${RATIO} x raw commands + ${A_STEP_MS} ms a step`,
      measured: middle,
      unit: 'x',
      limit: 1,
      detail: `cycle and raw ${told.join(', ')}; ${report === undefined ? '' : longestSteps(report)}`,
    };
  });
}

async function measurePair(site: Site, number: number, lists: Lists): Promise<Pair> {
  const rawHost = await updatableHost(site, `bench-raw-${number}`);
  const cycleHost = await updatableHost(site, `bench-cycle-${number}`);
  const rawFirst = number % 2 === 0;
  let rawMs = rawFirst ? await timed(() => rawCommands(rawHost, lists)) : 0;
  const { cycleMs, report } = await runCycle(site.client, cycleHost);
  if (!rawFirst) rawMs = await timed(() => rawCommands(rawHost, lists));
  await rawHost.destroy();
  await cycleHost.destroy();
  const steps = report.steps.filter(({ status }) => status === 'done').length;
  return { ratio: cycleMs / (RATIO * rawMs + A_STEP_MS * steps), cycleMs, rawMs, report };
}

/** The mirrors' caches are warm afterwards, and nothing is left to write: dpkg syncs each file. */
async function updatableHost(site: Site, name: string): Promise<LabHost> {
  const host = await site.startHost({ name, unattended: true });
  await host.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
  await host.runOrThrow(['apt-get', '-q', '-y', '--download-only', 'dist-upgrade']);
  await host.runOrThrow(['apt-get', 'clean']);
  await host.runOrThrow(['sync'], { timeoutMs: 600_000 });
  return host;
}

/** From the agent's start after a reboot to the step after the reboot. */
export async function stepAfterReboot(): Promise<BenchResult> {
  return onSite(async (site) => {
    const host = await site.startHost({ name: 'bench-reboot', unattended: true });
    const { report, agentStartMs } = await runCycle(site.client, host);
    const next = report.steps.find(({ step }) => step === 'monitor-logs');
    const tookMs = Date.parse(next?.startedAt ?? '') - agentStartMs;
    return {
      what: "from the agent's start after a reboot to the next step",
      measured: tookMs / 1_000,
      unit: 's',
      limit: 2,
      detail: `agent started ${new Date(agentStartMs).toISOString()}, next step ${next?.startedAt ?? 'never'}`,
    };
  });
}

async function runCycle(
  client: Parameters<Parameters<typeof onSite>[0]>[0]['client'],
  host: LabHost,
): Promise<Measured> {
  const startedMs = performance.now();
  await client.startPatch({ host: host.name, policy: POLICY, requestedBy: 'bench' });
  const report = await client.waitForReport(host.name, { timeoutMs: 600_000 });
  const cycleMs = performance.now() - startedMs;
  if (report.outcome !== 'patched')
    throw new Error(`The benchmark's cycle ended ${report.outcome}: ${report.explanation}`);
  const started = await host.runOrThrow([
    ...([
      'systemctl',
      'show',
      '--timestamp=us+utc',
      '--property=ExecMainStartTimestamp',
      '--value',
      'patchcycle-agent',
    ] as const),
  ]);
  // "Tue 2026-11-24 19:43:31.123456 UTC"
  const [, day, time] = started.trim().split(' ');
  return { cycleMs, report, agentStartMs: Date.parse(`${day}T${time?.slice(0, 12)}Z`) };
}

/** What the cycle took into its backup and what it installed. */
type Lists = { backedUp: string; pinned: string[]; packages: string[] };

async function sameLists(host: LabHost, { cycle, plan }: Report): Promise<Lists> {
  const backup = `/var/lib/patchcycle/cycles/${cycle}/backup`;
  const names = (await host.runOrThrow(['ls', backup])).split('\n');
  const archive = names.find((name) => name.endsWith('.tar.zst'));
  if (archive === undefined) throw new Error(`There is no archive in ${backup} of ${host.name}`);
  const rows = plan?.rows ?? [];
  return {
    backedUp: await host.runOrThrow(['tar', '--zstd', '-tf', `${backup}/${archive}`]),
    pinned: rows.map(
      ({ name, architecture, newVersion }) => `${name}:${architecture}=${newVersion}`,
    ),
    packages: rows.map(({ name, architecture }) => `${name}:${architecture}`),
  };
}

/**
 * The cycle's own work as an administrator would type it, on the same lists: refresh, look,
 * download, back up and read it back, look again, install exactly that, reboot, watch, check.
 */
async function rawCommands(host: LabHost, { backedUp, pinned, packages }: Lists): Promise<void> {
  const run = (...argv: [string, ...string[]]) =>
    host.runOrThrow(argv, { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  await run('apt-get', '-q', 'update', '--error-on=any');
  await run('apt-get', '-s', 'dist-upgrade');
  await run('apt-get', '-q', '-y', '--download-only', 'dist-upgrade');
  // The drop-ins of the drain are on the other host only.
  const here = backedUp.split('\n').filter((name) => existsSync(join(host.root, name)));
  // What the update would add, for a restore to delete it again.
  for (const archive of await archivesOn(host)) await run('dpkg-deb', '--contents', archive);
  await host.writeFile('/var/tmp/backed-up', here.join('\n'));
  const archive = ['--zstd', '-C', '/', '-f', '/var/tmp/backup.tar.zst'];
  await run('tar', '-c', ...archive, '--no-recursion', '--files-from=/var/tmp/backed-up');
  await run('tar', '--compare', ...archive);
  await run('sync', '-f', '/var/tmp/backup.tar.zst');
  await run('apt-get', '-q', '-s', 'install', '--only-upgrade', '--', ...pinned);
  await run('apt-mark', 'showauto');
  const keepConfiguration = ['--force-confdef', '--force-confold'];
  const options = keepConfiguration.flatMap((option) => ['-o', `Dpkg::Options::=${option}`]);
  await run('apt-get', '-q', '-y', 'install', '--only-upgrade', ...options, '--', ...pinned);
  // What is named counts as wanted from then on; its mark has to come back.
  await run('apt-mark', 'showauto');
  const boots = host.bootCount;
  await host.run(['systemctl', '--no-block', 'reboot']);
  await host.waitForReboot(boots);
  await new Promise((resolve) => setTimeout(resolve, SOAK_MS));
  await run('journalctl', '--priority=err', '--boot', '--no-pager');
  await run('dpkg', '--audit');
  // It exits with 2 over configuration files that were changed on purpose.
  await host.run(['dpkg', '--verify', '--', ...packages], { timeoutMs: 600_000 });
  await run('systemctl', '--failed', '--no-pager');
}

/** Where the cycle's time goes. */
function longestSteps({ steps }: Report): string {
  return steps
    .map(({ step, startedAt, endedAt }) => ({
      step,
      tookMs: Date.parse(endedAt ?? startedAt) - Date.parse(startedAt),
    }))
    .toSorted((one, other) => other.tookMs - one.tookMs)
    .slice(0, 5)
    .map(({ step, tookMs }) => `${step} ${seconds(tookMs)}`)
    .join(', ');
}

async function archivesOn(host: LabHost): Promise<string[]> {
  const folder = '/var/cache/apt/archives';
  const names = (await host.runOrThrow(['ls', folder])).split('\n');
  return names.filter((name) => name.endsWith('.deb')).map((name) => `${folder}/${name}`);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function seconds(lengthMs: number): string {
  return `${(lengthMs / 1_000).toFixed(1)} s`;
}
