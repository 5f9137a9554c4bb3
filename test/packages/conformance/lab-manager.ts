import { randomBytes } from 'node:crypto';
import { StepFailure } from '../../../src/domain/failure.ts';
import type { LabHost } from '../../../src/lab/host.ts';
import type { PackageManager } from '../../../src/packages/port.ts';
import type { Answer, Method, Request, Settings } from './protocol.ts';

/** Where the host sees this project; see `agentDirectory` of startLabHost. */
const PROJECT = '/opt/patchcycle';

/** Tests do not wait as long as an operator does. */
const SETTINGS: Settings = {
  lockWaitMs: 3_000,
  updatersWaitMs: 3_000,
  changelogsMs: 10_000,
  listTimesFile: '/var/lib/patchcycle/list-times.json',
};

/** The slowest answer is the installation of a kernel; whole minutes are a hang. */
const ANSWER_TIMEOUT_MS = 300_000;

/** The project on this machine, for `agentDirectory`. */
export const PROJECT_DIRECTORY = new URL('../../..', import.meta.url).pathname;

export type LabManagerOptions = {
  /** Default: one of its own, so that the jobs of two managers have nothing to do with each other. */
  cycle?: string;
  /** When the time is over, the program on the host is killed; what it started is not. */
  answerTimeoutMs?: number;
};

/** The methods of the port; what a person types on the host is no part of the contract that is tested. */
export type LabManager = Omit<PackageManager, 'commands'>;

/** A package manager whose every method runs on the lab host. */
export function labManager(
  host: LabHost,
  manager: string,
  options: LabManagerOptions = {},
): LabManager {
  const cycle = options.cycle ?? `20260101t000000z-${randomBytes(4).toString('hex')}`;

  async function ask(method: Method, ...args: unknown[]): Promise<Answer & { value?: unknown }> {
    const cycleDirectory = `/var/lib/patchcycle/cycles/${cycle}`;
    const request: Request = { manager, method, args, settings: SETTINGS, cycle, cycleDirectory };
    const program = `${PROJECT}/test/packages/conformance/in-host.ts`;
    const node = `${PROJECT}/node_modules/node/bin/node`;
    const result = await host.run([node, program, JSON.stringify(request)], {
      timeoutMs: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
    });
    if (result.exitCode !== 0) throw new Error(`${method} broke: ${result.stderr}`);
    const answer = JSON.parse(result.stdout) as Answer;
    if (!('failure' in answer)) return answer;
    const { type, message, details } = answer.failure;
    throw new StepFailure(type, message, details);
  }

  const call =
    <M extends Method>(method: M) =>
    async (...args: unknown[]): Promise<never> =>
      (await ask(method, ...args)).value as never;

  return {
    name: manager,
    inspect: call('inspect'),
    repair: call('repair'),
    refresh: call('refresh'),
    plan: call('plan'),
    advisories: call('advisories'),
    download: call('download'),
    footprint: call('footprint'),
    requireRoom: call('requireRoom'),
    install: call('install'),
    audit: call('audit'),
    installedVersions: async () =>
      new Map((await ask('installedVersions')).value as [string, string][]),
    versionsOnDisk: async () => new Map((await ask('versionsOnDisk')).value as [string, string][]),
    waitUntilUnlocked: call('waitUntilUnlocked'),
    rebootRequired: call('rebootRequired'),
    suspendUpdaters: async (remember) => {
      const answer = await ask('suspendUpdaters');
      if ('remembered' in answer) for (const names of answer.remembered) await remember(names);
      return answer.value as string[];
    },
    resumeUpdaters: call('resumeUpdaters'),
    settleAfterRestore: call('settleAfterRestore'),
    restoreBootLoader: call('restoreBootLoader'),
  };
}
