import { FINDINGS_MAX, StepFailure } from '../src/domain/failure.ts';
import type { Check } from '../src/domain/health.ts';
import type { Plan, RebootRequired } from '../src/domain/plan.ts';
import type { NamedPolicy } from '../src/domain/policy.ts';
import type { PlannedStepInput, Verification } from '../src/domain/steps.ts';
import { readBaseline } from '../src/health/baseline-entry.ts';
import { readSoak, type SoakEntry } from '../src/health/logs/soak-entry.ts';
import { TEXT_LOGS } from '../src/health/logs/text-log.ts';
import { settledHealth, type SettleSettings } from '../src/health/settle.ts';
import { unknownCheck } from '../src/health/unknown-check.ts';
import { plannedChanges } from './approved-plan.ts';
import { losses } from '../src/planning/losses.ts';
import type { StepContext } from './context.ts';

/*
 * | step   | does                                                                     | undo |
 * | ------ | ------------------------------------------------------------------------ | ---- |
 * | verify | compares packages with the plan and health with the baseline; only looks | -    |
 */

/** As many checks as a report holds; those that failed come first. */
const CHECKS_MAX = 500;
/**
 * Proves that the host is all new and as healthy as before: every version as planned, the package
 * database clean, services, units and probes as in the baseline, and no reboot pending. Services
 * get about a minute to become well.
 * Fails with `HealthWorse`; with `PlanDrifted` when the host's plan is not the one that is named;
 * with `CommandFailed` (may be retried) when systemd does not answer.
 */
export async function verify(
  context: StepContext,
  input: PlannedStepInput,
  settle: SettleSettings = {},
): Promise<Verification> {
  const { packages, tools, journal } = context;
  const plan = await plannedChanges(context, input);
  const baseline = await readBaseline(journal);
  tools.progress('comparing the installed versions with the plan');
  const checks = [
    ...versionChecks(plan, await packages.installedVersions()),
    ...auditChecks(await packages.audit(plan.changes)),
    rebootCheck(await packages.rebootRequired(), input.policy),
    ...logChecks(await readSoak(journal)),
    ...(await settledHealth(tools, input.policy.health, baseline.snapshot, settle)),
  ];
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0) throw worse(input.host, failed, checks.length);
  return { checks: checks.slice(0, CHECKS_MAX) };
}

function versionChecks(
  { changes, removals }: Plan,
  installed: ReadonlyMap<string, string>,
): Check[] {
  const wrong = changes
    .filter(
      ({ name, architecture, newVersion }) =>
        installed.get(`${name}:${architecture}`) !== newVersion,
    )
    .map(({ name, architecture, newVersion }) => ({
      name: `package ${name}:${architecture}`,
      ok: false,
      detail: `is ${installed.get(`${name}:${architecture}`) ?? 'not fully installed'}, planned ${newVersion}`,
    }));
  // Of what came beside its older versions the newest one is installed, so presence says nothing.
  const left = losses(changes, removals)
    .filter(({ name, architecture }) => installed.has(`${name}:${architecture}`))
    .map(({ name, architecture }) => ({
      name: `package ${name}:${architecture}`,
      ok: false,
      detail: 'is still installed, and was to be removed',
    }));
  const bad = [...wrong, ...left];
  if (bad.length > 0) return bad;
  const removed = removals.length === 0 ? '' : `, ${removals.length} are removed`;
  return [
    {
      name: 'packages',
      ok: true,
      detail: `all ${changes.length} have the planned version${removed}`,
    },
  ];
}

function auditChecks(sentences: readonly string[]): Check[] {
  return sentences.length === 0
    ? [{ name: 'package database', ok: true, detail: 'the audit is clean' }]
    : sentences.map((detail) => ({
        name: 'package database',
        ok: false,
        detail: detail.slice(0, 500),
      }));
}

function rebootCheck({ answer, reason }: RebootRequired, { reboot, name }: NamedPolicy): Check {
  const check = 'reboot pending';
  if (answer === 'no') return { name: check, ok: true, detail: `no: ${reason}` };
  // Nobody asked for a reboot, and "if-required" does not mean "if in doubt": it is told and does not decide.
  if (answer === 'unknown') return unknownCheck(check, reason);
  return reboot === 'never'
    ? { name: check, ok: true, detail: `yes, and policy ${name} never reboots: ${reason}` }
    : { name: check, ok: false, detail: `still pending after the change: ${reason}` };
}

/** What the step before could not read; what it found decided there. Nothing where all was read. */
function logChecks(soak: SoakEntry | null): Check[] {
  if (soak === null || soak.end === null) return [];
  const { report, unread } = soak.end;
  const nothing = `not one line was read from the journal, ${TEXT_LOGS.join(' or ')}, so nothing is known of new errors`;
  return [...(report.linesRead === 0 ? [nothing] : []), ...unread].map((why) =>
    unknownCheck('logs', why),
  );
}

function worse(host: string, failed: readonly Check[], count: number): StepFailure {
  const sentences = failed.map(({ name, detail }) => `${name}: ${detail}`);
  const more = sentences.length > 3 ? ` and ${sentences.length - 3} more` : '';
  return new StepFailure(
    'HealthWorse',
    `${host} is not as healthy as before the change (${failed.length} of ${count} checks failed): ${sentences.slice(0, 3).join('; ')}${more}.`.slice(
      0,
      900,
    ),
    {
      remedy: `Look on the host: systemctl --failed; journalctl --boot --priority=err. The change can be restored, or the cause mended and the step tried again.`,
      findings: sentences.slice(0, FINDINGS_MAX).map((sentence) => sentence.slice(0, 500)),
    },
  );
}
