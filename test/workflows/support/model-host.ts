import { createHash } from 'node:crypto';
import { Context, CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FAILURES, type FailureType } from '../../../src/domain/failure.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import type { PlanOverview } from '../../../src/domain/plan.ts';
import { objectionTo } from '../../../src/planning/plan-limits.ts';
import type { HostActivities, PlanInput } from '../../../src/domain/steps.ts';

/**
 * A host in memory, for the properties of the cycle itself: every step acts on this state as the
 * real one acts on a real host, and a fault can be put into any of them. Real hosts are tested
 * elsewhere; here it is the order, the undos and the endings.
 */
export type ModelHost = {
  packages: 'old' | 'new' | 'mixed';
  drained: boolean;
  updaters: 'on' | 'off';
  lockedBy: string | null;
  backup: 'none' | 'old';
  boots: number;
  healthy: boolean;
  unattended: boolean;
  /** Distribution and release. */
  os: string;
  /** Whether it takes only approvals with {@link GOOD_SIGNATURE}. */
  signedApprovals: boolean;
  /** What began on the host, in order; a retry shows twice. */
  ran: string[];
};

export type Fault = {
  step: keyof HostActivities;
  kind:
    | 'throws-retryable'
    | 'throws-for-good'
    | 'times-out'
    | 'crashes-before-its-effect'
    | 'crashes-after-its-effect'
    | 'runs-twice';
  /** How many runs of the step are hit; every one by default. */
  times?: number;
  /** Whether it strikes the step's nth run, counted from 1; every run by default. */
  strikes?: (run: number) => boolean;
  type?: FailureType;
};

export const FAULT_KINDS = [
  'throws-retryable',
  'throws-for-good',
  'times-out',
  'crashes-before-its-effect',
  'crashes-after-its-effect',
  'runs-twice',
] as const satisfies readonly Fault['kind'][];

/** The only signature that a model host takes; real ones are tested with real keys elsewhere. */
export const GOOD_SIGNATURE =
  '-----BEGIN SSH SIGNATURE-----\nZ29vZA==\n-----END SSH SIGNATURE-----\n';

export type Model = {
  host: ModelHost;
  activities: HostActivities;
  /** How often each fault really struck. */
  struck: Map<Fault, number>;
  /** Versions that the repository offers; tests change it to make the plan drift. */
  offer: { version: string; removals: string[]; changes: number; leftOut?: string[] };
};

export function modelHost(faults: readonly Fault[] = []): Model {
  const host: ModelHost = {
    packages: 'old',
    drained: false,
    updaters: 'on',
    lockedBy: null,
    backup: 'none',
    boots: 1,
    healthy: true,
    unattended: true,
    os: 'debian 12',
    signedApprovals: false,
    ran: [],
  };
  const struck = new Map<Fault, number>(faults.map((fault) => [fault, 0]));
  const offer: Model['offer'] = { version: '2.0', removals: [], changes: 2 };

  /** Runs one step's effect under whatever fault is meant for it. */
  async function act<T>(step: keyof HostActivities, effect: () => T): Promise<T> {
    host.ran.push(step);
    const run = host.ran.filter((name) => name === step).length;
    const fault = faults.find(
      (candidate) =>
        candidate.step === step &&
        (struck.get(candidate) ?? 0) < (candidate.times ?? Infinity) &&
        (candidate.strikes?.(run) ?? true),
    );
    if (fault === undefined) return effect();
    struck.set(fault, (struck.get(fault) ?? 0) + 1);
    switch (fault.kind) {
      case 'throws-retryable':
        throw failure('CommandFailed', fault);
      case 'throws-for-good':
        throw failure(fault.type ?? 'PackageJobFailed', fault);
      case 'times-out':
      case 'crashes-before-its-effect':
        return silence();
      case 'crashes-after-its-effect':
        effect();
        return silence();
      case 'runs-twice':
        effect();
        return effect();
    }
  }

  const activities: HostActivities = {
    inspect: ({ cycle, host: name }) =>
      act('inspect', () => {
        if (host.lockedBy !== null && host.lockedBy !== cycle) throw failure('HostLocked');
        host.lockedBy = cycle;
        return facts(name, cycle, host);
      }),
    refresh: () => act('refresh', () => undefined),
    plan: (input) => act('plan', () => overview(input, host, offer)),
    download: () => act('download', () => ({ archives: 2, downloadedBytes: 2_000 })),
    drain: () =>
      act('drain', () => {
        host.drained = true;
        host.updaters = 'off';
        return { hook: null, updatersSuspended: ['apt-daily.timer'] };
      }),
    undrain: () =>
      act('undrain', () => {
        host.drained = false;
        host.updaters = 'on';
      }),
    baseline: () =>
      act('baseline', () => ({
        activeServices: 3,
        failedUnits: [],
        probes: [],
        knownErrorKinds: 0,
      })),
    backup: () =>
      act('backup', () => {
        if (host.packages !== 'old')
          throw new Error('A backup of a host that is changed already would be worthless');
        host.backup = 'old';
        return {
          directory: '/var/lib/patchcycle/backup',
          archiveSha256: 'a'.repeat(64),
          archiveBytes: 1_000,
          files: 10,
        };
      }),
    checkApproval: ({ approval }) =>
      act('checkApproval', () => {
        if (approval.kind !== 'person' || approval.signature !== GOOD_SIGNATURE) {
          throw failure('PlanNotApproved');
        }
      }),
    upgrade: () => act('upgrade', () => change(host, 'mixed')),
    securityUpdate: () => act('securityUpdate', () => change(host, 'new')),
    rebootAndWait: () =>
      act('rebootAndWait', () => {
        host.boots += 1;
        return {
          rebooted: true,
          required: { answer: 'yes' as const, reason: 'model' },
          downMs: 1_000,
        };
      }),
    monitorLogs: () =>
      act('monitorLogs', () => ({
        soakMs: 1,
        linesRead: 5,
        newKinds: [],
        knownKinds: [],
        passingKinds: [],
      })),
    verify: () =>
      act('verify', () => {
        if (!host.healthy) throw failure('HealthWorse');
        return { checks: [{ name: 'model', ok: true, detail: 'as planned' }] };
      }),
    restore: ({ archiveSha256 }) =>
      act('restore', () => {
        if (archiveSha256 === null || host.backup === 'none') return null;
        const changed = host.packages !== 'old';
        host.packages = 'old';
        return {
          restored: changed ? 10 : 0,
          deleted: 0,
          rebootNeeded: { answer: 'no' as const, reason: 'model' },
        };
      }),
    proveRestored: () =>
      act('proveRestored', () => {
        if (host.packages !== 'old') throw failure('RestoreIncomplete');
        return { exact: true, entriesCompared: 10, differences: [], checks: [] };
      }),
    report: ({ draft }) => act('report', () => draft),
    retention: () => act('retention', () => ({ kept: 1, removed: [] })),
    release: ({ cycle }) =>
      act('release', () => {
        if (host.lockedBy === cycle) host.lockedBy = null;
      }),
  };
  return { host, activities, struck, offer };
}

function change(host: ModelHost, to: 'mixed' | 'new') {
  if (host.backup === 'none') throw new Error('Nothing may change before there is a backup');
  host.packages = to;
  return { installed: 1, healed: 0, leftAside: [] };
}

function failure(type: FailureType, fault?: Fault): ApplicationFailure {
  return ApplicationFailure.create({
    message: `The model host fails with ${type}${fault ? ` in ${fault.step}` : ''}.`,
    type,
    nonRetryable: !FAILURES[type].retryable,
    details: [{ remedy: 'Nothing: this is a test.' }],
  });
}

/** The agent is gone: nothing is heard of the step any more, neither a result nor a sign of life. */
function silence(): never {
  Context.current().heartbeat('the last sign of life');
  throw new CompleteAsyncError();
}

function facts(name: string, cycle: string, host: ModelHost): Facts {
  const [id = '', version = ''] = host.os.split(' ');
  return {
    host: name,
    cycle,
    observedAt: new Date().toISOString(),
    os: { id, version, name: 'Model 1' },
    kernel: '6.1',
    virtualization: 'none',
    boot: { bootId: '00000000-0000-4000-8000-000000000000', initStartTicks: '1' },
    manager: id === 'debian' ? 'apt' : 'dnf',
    held: [],
    space: [],
    clockSkewMs: 0,
    failedUnits: [],
    rebootPending: { answer: 'no', reason: 'model' },
    otherUpdaters: [],
    findings: [],
    agentVersion: '0.0.0',
    unattended: host.unattended,
    ...(host.signedApprovals ? { signedApprovals: true } : {}),
  };
}

function overview(input: PlanInput, host: ModelHost, offer: Model['offer']): PlanOverview {
  const { limits = { knownBad: [] } } = input;
  const objections: string[] = [];
  const nothing = host.packages === 'new' || offer.changes === 0;
  const rows = nothing
    ? []
    : ['alpha', 'beta']
        .slice(0, offer.changes)
        .map((name) => ({
          name,
          architecture: 'amd64',
          oldVersion: '1.0',
          newVersion: offer.version,
          origin: 'Model:1/model-security',
          security: true,
          sizeBytes: 1_000,
          cves: ['CVE-2026-0001'],
          advisory: null,
        }))
        .filter((row) => {
          const objection = objectionTo(row, limits);
          if (objection !== null) objections.push(objection);
          return objection === null;
        });
  const removals = offer.removals.map((name) => ({
    name,
    architecture: 'amd64',
    oldVersion: '1.0',
  }));
  const digestOf = (what: unknown) =>
    createHash('sha256').update(JSON.stringify(what)).digest('hex');
  return {
    digest: digestOf([input.host, rows, removals]),
    changes: digestOf([rows, removals]),
    scope: input.policy.scope,
    madeAt: new Date().toISOString(),
    changeCount: rows.length,
    securityCount: rows.length,
    removalCount: removals.length,
    downloadBytes: rows.length * 1_000,
    rows,
    removals,
    held: [],
    ...(offer.leftOut === undefined && objections.length === 0
      ? {}
      : { leftOut: [...objections, ...(offer.leftOut ?? [])] }),
    rebootExpected: { answer: 'unknown', reason: 'model' },
  };
}
