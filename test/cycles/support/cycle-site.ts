import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CycleStateName, CycleView } from '../../../src/domain/cycle.ts';
import { NamedPolicy } from '../../../src/domain/policy.ts';
import type { Report } from '../../../src/domain/report.ts';
import { startSite, type Site } from '../../../src/lab/site.ts';

/** A real cycle on a lab host takes seconds; one that recovers from a crash, a minute or two. */
const WAIT_TIMEOUT_MS = 240_000;

export type CycleSite = {
  site: Site;
  /** What servers and workers said, for the message of a test that failed. */
  said: string[];
  start(host: string, fields?: Record<string, unknown>): Promise<void>;
  /** Runs a whole cycle. */
  patch(host: string, fields?: Record<string, unknown>): Promise<Report>;
  report(host: string): Promise<Report>;
  /** Waits until the cycle of the host is in this state. */
  until(host: string, state: CycleStateName): Promise<CycleView>;
  /** Waits until this step has begun. */
  untilStep(host: string, step: string): Promise<void>;
  stop(): Promise<void>;
};

/** A site with a durable database, so that its server may be killed. */
export async function openCycleSite(): Promise<CycleSite> {
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-cycles-'));
  const said: string[] = [];
  const site = await startSite({
    databaseFile: join(directory, 'temporal.db'),
    reportsDirectory: join(directory, 'reports'),
    log: (line) => said.push(line),
  });

  async function start(host: string, fields: Record<string, unknown> = {}): Promise<void> {
    await site.client.startPatch({ host, policy: policyOf(fields), requestedBy: 'tester' });
  }
  const report = (host: string) => site.client.waitForReport(host, { timeoutMs: WAIT_TIMEOUT_MS });

  async function untilView(host: string, holds: (view: CycleView) => boolean): Promise<CycleView> {
    const deadline = Date.now() + WAIT_TIMEOUT_MS;
    for (;;) {
      const { cycle: view } = await site.client.status(host);
      if (view !== null && holds(view)) return view;
      if (Date.now() > deadline) {
        throw new Error(
          `The cycle of ${host} did not come to it: ${JSON.stringify(view?.state)}; ${JSON.stringify(view?.steps.at(-1))}`,
        );
      }
      await sleep(50);
    }
  }

  return {
    site,
    said,
    start,
    async patch(host, fields) {
      await start(host, fields);
      return report(host);
    },
    report,
    until: (host, state) => untilView(host, (view) => view.state.name === state),
    async untilStep(host, step) {
      await untilView(host, (view) => view.steps.some((record) => record.step === step));
    },
    async stop() {
      await site.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A whole policy from the few fields that a test is about: unattended, everything, a short soak. */
export function policyOf(fields: Record<string, unknown>): NamedPolicy {
  return NamedPolicy.parse({
    name: 'test',
    scope: 'all',
    approval: { required: false },
    logs: { soak: '2s' },
    limits: { agentSilent: '5s', agentAnswers: '30s', reboot: '60s' },
    ...fields,
  });
}

export function stepStatus(report: Report, step: string): string | undefined {
  return report.steps.findLast((record) => record.step === step)?.status;
}
