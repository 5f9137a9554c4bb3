import { NamedPolicy } from '../src/domain/policy.ts';
import type { Report } from '../src/domain/report.ts';
import type { LabHost } from '../src/lab/host.ts';
import { onSite } from './lab-site.ts';
import type { BenchResult } from './result.ts';

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

/** A whole cycle of real updates with reboot, against the same commands by hand on an identical host. */
export async function cycleAgainstRawCommands(): Promise<BenchResult> {
  return onSite(async (site) => {
    const rawHost = await site.startHost({ name: 'bench-raw', unattended: true });
    // The mirrors' caches are warm afterwards, for both alike.
    await rawHost.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);
    const cycleHost = await site.startHost({ name: 'bench-cycle', unattended: true });
    await cycleHost.runOrThrow(['apt-get', '-q', 'update', '--error-on=any']);

    const rawMs = await timed(() => rawCommands(rawHost));
    const { cycleMs, report } = await runCycle(site.client, cycleHost);
    const steps = report.steps.filter(({ status }) => status === 'done').length;
    const allowedMs = RATIO * rawMs + A_STEP_MS * steps;
    return {
      what: `a real cycle of ${report.plan?.changeCount ?? 0} packages, over ${RATIO} x raw commands + ${A_STEP_MS} ms a step`,
      measured: cycleMs / allowedMs,
      unit: 'x',
      limit: 1,
      detail: `cycle ${seconds(cycleMs)}, raw ${seconds(rawMs)}, ${steps} steps; ratio to raw ${(cycleMs / rawMs).toFixed(2)}`,
    };
  });
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

/** What an administrator would type: refresh, look, download, back up, upgrade, reboot, watch, check. */
async function rawCommands(host: LabHost): Promise<void> {
  const run = (...argv: [string, ...string[]]) =>
    host.runOrThrow(argv, { timeoutMs: 600_000, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  await run('apt-get', '-q', 'update', '--error-on=any');
  await run('apt-get', '-s', 'dist-upgrade');
  await run('apt-get', '-q', '-y', '--download-only', 'dist-upgrade');
  await run(
    'tar',
    '--zstd',
    '-cf',
    '/var/tmp/backup.tar.zst',
    '/etc',
    '/var/lib/dpkg',
    '/usr/bin',
    '/usr/sbin',
    '/usr/lib',
  );
  await run(
    ...([
      'apt-get',
      '-q',
      '-y',
      '-o',
      'Dpkg::Options::=--force-confdef',
      '-o',
      'Dpkg::Options::=--force-confold',
      'dist-upgrade',
    ] as const),
  );
  const boots = host.bootCount;
  await host.run(['systemctl', '--no-block', 'reboot']);
  await host.waitForReboot(boots);
  await new Promise((resolve) => setTimeout(resolve, SOAK_MS));
  await run('journalctl', '--priority=err', '--boot', '--no-pager');
  await run('dpkg', '--audit');
  await run('systemctl', '--failed', '--no-pager');
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

function seconds(lengthMs: number): string {
  return `${(lengthMs / 1_000).toFixed(1)} s`;
}
