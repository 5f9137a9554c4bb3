import { durationMs, formatDuration } from '../src/domain/duration.ts';
import type { Facts } from '../src/domain/facts.ts';
import { StepFailure } from '../src/domain/failure.ts';
import type { InspectInput } from '../src/domain/steps.ts';
import { requireSigners } from '../src/host/allowed-signers.ts';
import { observeSystem, type SystemFacts } from '../src/host/facts.ts';
import { acquireLock, type LockHolder } from '../src/host/lock.ts';
import { archivesOf } from '../src/host/paths.ts';
import { spaceShortages } from '../src/host/space-floors.ts';
import { AGENT_VERSION } from '../src/host/version.ts';
import type { PackageFacts } from '../src/packages/port.ts';
import type { StepContext } from './context.ts';
import { inheritDrain } from './drain.ts';

/*
 * | step    | does                                                      | undo                   |
 * | ------- | --------------------------------------------------------- | ---------------------- |
 * | inspect | takes the host's lock, looks at everything, refuses early | release, in release.ts |
 */

/** Beyond this, dates in signatures, certificates and logs mislead. */
const CLOCK_SKEW_MAX_MS = 60_000;

/** `serverTime` is the server's time at which this attempt began; the agent asks the server for it. */
export type InspectStepInput = InspectInput & {
  serverTime: string;
  /** Whether the server knows the cycle that holds the host's lock as ended. */
  holderEnded?: (holder: LockHolder) => Promise<boolean>;
};

/**
 * Takes the lock and looks at the host. An interrupted package run is completed here when the
 * policy says so; apart from that nothing is changed.
 * Fails with `HostLocked`, `ClockSkew`, `PackagesInterrupted`, `PackageStateBroken`, `NotEnoughSpace`,
 * and with `HostRefuses` or `UnsupportedHost` when the host wants signed approvals and cannot verify them.
 */
export async function inspect(context: StepContext, input: InspectStepInput): Promise<Facts> {
  const clockSkewMs = Date.now() - Date.parse(input.serverTime);
  const { cycle, host, requestedBy, takeOver } = input;
  const { namespace, workflowId, runId } = input.workflow;
  const holder = await acquireLock(context.paths, {
    cycle,
    namespace,
    workflowId,
    runId,
    requestedBy,
    takeOver,
    hasEnded: input.holderEnded,
  });
  if (holder.tookOver !== undefined) await inheritDrain(context, holder.tookOver);
  refuseClockSkew(host, clockSkewMs);
  const { allowedSigners } = context.config;
  if (allowedSigners !== undefined) await requireSigners(context.tools.run, allowedSigners);

  const packages = await soundPackages(context, input);
  const system = await observeSystem(context.tools.run, context.paths);
  refuseShortage(host, system, context.packages.commands.clean);
  const facts: Facts = {
    host,
    observedAt: new Date().toISOString(),
    ...system,
    manager: context.packages.name,
    held: packages.held.slice(0, 1_000),
    clockSkewMs,
    rebootPending: await context.packages.rebootRequired(),
    otherUpdaters: packages.otherUpdaters,
    findings: [],
    agentVersion: AGENT_VERSION,
    unattended: context.config.unattended,
    ...(allowedSigners === undefined ? {} : { signedApprovals: true }),
    cycle,
  };
  facts.findings = worthReading(facts);
  await context.journal.write('facts', facts);
  return facts;
}

function refuseClockSkew(host: string, clockSkewMs: number): void {
  if (Math.abs(clockSkewMs) <= CLOCK_SKEW_MAX_MS) return;
  const direction = clockSkewMs > 0 ? 'ahead of' : 'behind';
  throw new StepFailure(
    'ClockSkew',
    `The clock of ${host} is ${formatDuration(Math.abs(clockSkewMs))} ${direction} the server's; a minute is allowed.`,
    {
      remedy: `Look at the host's time synchronisation (timedatectl; chronyc tracking), correct its clock, and start the cycle again.`,
    },
  );
}

async function soundPackages(context: StepContext, input: InspectStepInput): Promise<PackageFacts> {
  const { packages, paths } = context;
  const { policy, host, cycle } = input;
  const before = await packages.inspect();
  if (before.interrupted.length === 0) return before;
  if (!policy.repairInterrupted) {
    throw new StepFailure(
      'PackagesInterrupted',
      `An earlier package run on ${host} was interrupted; it left ${listed(before.interrupted)}.`,
      {
        remedy: `Complete it by hand (${packages.commands.complete}), or set "repairInterrupted: true" in the policy ${policy.name}, and start the cycle again.`,
        findings: before.interrupted.slice(0, 50).map((name) => `${name} is not fully installed`),
      },
    );
  }
  await packages.repair({
    jobPrefix: 'inspect-repair',
    archiveDirectories: [before.cacheDirectory, archivesOf(paths, cycle)],
    deadlineMs: durationMs(policy.limits.packageJob),
  });
  const after = await packages.inspect();
  if (after.interrupted.length === 0) return after;
  throw new StepFailure(
    'PackageStateBroken',
    `The interrupted package run on ${host} could not be completed; ${listed(after.interrupted)} is still not installed.`,
    { remedy: `Look at the packages by hand on the host: ${packages.commands.audit}.` },
  );
}

function refuseShortage(host: string, { space }: SystemFacts, clean: string): void {
  const shortages = spaceShortages(space);
  if (shortages.length === 0) return;
  throw new StepFailure(
    'NotEnoughSpace',
    `${host} has too little room for an update: ${shortages.join('; ')}.`,
    {
      remedy: `Make room (${clean}; journalctl --vacuum-size=100M; du -xh / | sort -h | tail), and start the cycle again.`,
      findings: shortages,
    },
  );
}

/** What does not stop a cycle, but what the one who reads the report should know. */
function worthReading(facts: Facts): string[] {
  const { held, failedUnits, otherUpdaters, rebootPending } = facts;
  return [
    ...(held.length > 0 ? [`Held back and therefore left alone: ${listed(held)}.`] : []),
    ...(failedUnits.length > 0 ? [`Failed before the cycle: ${listed(failedUnits)}.`] : []),
    ...(otherUpdaters.length > 0
      ? [
          `Other updaters are switched on and will pause during the change: ${listed(otherUpdaters)}.`,
        ]
      : []),
    ...(rebootPending.answer === 'no'
      ? []
      : [`A reboot may be pending from before: ${rebootPending.answer}, ${rebootPending.reason}.`]),
  ];
}

const NAMES_SHOWN = 10;

function listed(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return names.slice(0, NAMES_SHOWN).join(', ') + more;
}
