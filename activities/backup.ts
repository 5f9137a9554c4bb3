import { z } from 'zod';
import {
  noteRestored,
  readBackupEntry,
  readRestoredEntry,
  writeBackupEntry,
  type RestoredEntry,
} from '../src/backup/journal-entries.ts';
import { makeBackup } from '../src/backup/make-backup.ts';
import { auditChecks, fileChecks } from '../src/backup/proof-checks.ts';
import { proveAgainstBackup } from '../src/backup/prove.ts';
import { readRecord, withBackup } from '../src/backup/record.ts';
import { restoreFrom } from '../src/backup/restore.ts';
import { NEVER_COVERED, resolveScope } from '../src/backup/scope.ts';
import { settleServices } from '../src/backup/services.ts';
import { treeRoot } from '../src/backup/tree-root.ts';
import { StepFailure } from '../src/domain/failure.ts';
import { BootIdentity } from '../src/domain/facts.ts';
import type { Check } from '../src/domain/health.ts';
import { Plan, type RebootRequired } from '../src/domain/plan.ts';
import type {
  BackupSummary,
  PlannedStepInput,
  RestoreInput,
  RestoreProof,
  RestoreSummary,
  StepInput,
} from '../src/domain/steps.ts';
import { readBaseline } from '../src/health/baseline-entry.ts';
import { settledHealth, type SettleSettings } from '../src/health/settle.ts';
import { isSameBoot, readBootIdentity } from '../src/host/boot-identity.ts';
import { jobsBegun, waitForJobs } from '../src/host/jobs-begun.ts';
import { archivesOf, backupDirectory } from '../src/host/paths.ts';
import { plannedChanges } from './approved-plan.ts';
import type { StepContext } from './context.ts';

/*
 * | step   | does                                                              | undo                    |
 * | ------ | ----------------------------------------------------------------- | ----------------------- |
 * | backup | saves every file that the plan may change, and proves the saving   | retention deletes it    |
 * | (undo of the change)                                                       |                         |
 * |        | restore: files back, generated files and services in line with     |                         |
 * |        | them; proveRestored: compares files, packages and health with then |                         |
 *
 * All three may run twice; restore and proveRestored may run without backup.
 */

/** Package jobs whose names begin so change the host; others look or repair. */
const CHANGE_JOB = /^(?:upgrade|security-update)(?:-|$)/;

const FINDINGS_MAX = 50;
const CHECKS_MAX = 500;

/**
 * Backs up what the plan may change. As long as no change has begun, each run makes it anew: after a
 * wait for the next window the newest state is the right one. From then on the backup stands.
 * Fails with `PlanDrifted`, `BadInput`, `NotEnoughSpace`, `BackupUnverifiable`.
 */
export async function backup(
  context: StepContext,
  input: PlannedStepInput,
): Promise<BackupSummary> {
  const { journal, packages, paths, tools } = context;
  const plan = await plannedChanges(context, input);
  const directory = backupDirectory(paths, input.cycle);
  const before = await readBackupEntry(journal);
  if (await hasChangeBegun(context)) {
    if (before?.digest === input.digest) return before.summary;
    throw changeHasBegun(input.host);
  }

  tools.progress('asking the packages which files the plan may change');
  const archives = archivesOf(paths, input.cycle);
  const footprint = await packages.footprint(plan.changes, plan.removals, archives);
  const root = treeRoot('/');
  const scope = await resolveScope(root, {
    footprint,
    policyPaths: input.policy.backup.paths,
    excluded: [...NEVER_COVERED, paths.stateDirectory, paths.archiveDirectory],
  });
  const { cycle, host } = input;
  const record = await makeBackup({
    root,
    scope,
    directory,
    cycle,
    host,
    progress: (text) => tools.progress(text),
  });
  const { archiveSha256, archiveBytes, files } = record;
  const summary: BackupSummary = { directory, archiveSha256, archiveBytes, files };
  await writeBackupEntry(journal, { digest: input.digest, summary });
  return summary;
}

/**
 * Puts the host back as its backup has it: files, what is generated from them, and services. Does
 * nothing, and answers null, where neither a backup nor a change was made. A package job that still
 * runs is waited for first.
 * Fails with `BackupMissing`, `BackupTampered`, `NotEnoughSpace`, `RestoreIncomplete`.
 */
export async function restore(
  context: StepContext,
  input: RestoreInput,
): Promise<RestoreSummary | null> {
  const { journal, packages, paths, tools } = context;
  const directory = backupDirectory(paths, input.cycle);
  const { archiveSha256, cycle } = input;
  const backedUp = archiveSha256 !== null && (await readRecord(directory)) !== null;
  if (!backedUp && !(await hasChangeBegun(context))) return null;
  if (archiveSha256 === null) throw nothingToRestoreFrom(input.host);

  await waitForJobs(journal.directory, tools);
  tools.progress('holding the backup against its hash');
  return withBackup(directory, { archiveSha256, cycle }, async (opened) => {
    const root = treeRoot('/');
    await restoreFrom(opened, root, tools, (planned) => noteRestored(journal, planned));
    await packages.settleAfterRestore();
    // What was just generated anew is in the backup as well: as it was, to the last bit.
    await restoreFrom(opened, root, tools);
    const done = await readRestoredEntry(journal);
    const booted = await bootedWithChange(context, done);
    const services = await settleServices(tools, {
      manifest: opened.manifest,
      backedUpAtMs: Date.parse(opened.record.createdAt),
      before: (await readBaseline(journal)).snapshot,
      rebootFollows: booted !== null && input.policy.reboot !== 'never',
    });
    const { restored, deleted } = done;
    return { restored, deleted, rebootNeeded: booted ?? services };
  });
}

/**
 * Proves that the host is as it was: every covered file, the package database, and services, units
 * and probes as in the baseline. Services get about a minute to become well.
 * Fails with `RestoreIncomplete`, each difference in a finding; `BackupMissing`, `BackupTampered`.
 */
export async function proveRestored(
  context: StepContext,
  input: StepInput,
  settle: SettleSettings = {},
): Promise<RestoreProof> {
  const { journal, packages, paths, tools } = context;
  const { cycle, host, policy } = input;
  const entry = await readBackupEntry(journal);
  if (entry === null) throw nothingToRestoreFrom(host);
  const plan = Plan.parse(await journal.read('plan'));
  // Services first: one that starts may write a file, and the files are judged as they are at the end.
  const baseline = await readBaseline(journal);
  const health = await settledHealth(tools, policy.health, baseline.snapshot, settle);
  const audit = await packages.audit(plan.changes);
  const { archiveSha256 } = entry.summary;
  const directory = backupDirectory(paths, cycle);
  const proof = await withBackup(directory, { archiveSha256, cycle }, (opened) =>
    proveAgainstBackup(opened, treeRoot('/'), tools),
  );
  const checks = [...fileChecks(proof), ...auditChecks(audit, proof), ...health];
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0) throw incomplete(host, failed, proof.differences);
  return {
    exact: proof.exact,
    entriesCompared: proof.entriesCompared,
    differences: proof.differences,
    checks: checks.slice(0, CHECKS_MAX),
  };
}

async function hasChangeBegun({ journal }: StepContext): Promise<boolean> {
  return (await jobsBegun(journal.directory)).some(({ name }) => CHANGE_JOB.test(name));
}

/**
 * A host that was booted with the change runs all of it, its kernel too, until the next boot. Null
 * when it runs since before the change, or was booted when everything was back already.
 */
async function bootedWithChange(
  { journal }: StepContext,
  { boot }: RestoredEntry,
): Promise<RebootRequired | null> {
  const facts = z.object({ boot: BootIdentity }).safeParse(await journal.read('facts'));
  const now = await readBootIdentity();
  if (!facts.success || boot === null || isSameBoot(facts.data.boot, now)) return null;
  if (!isSameBoot(boot, now)) return null;
  return { answer: 'yes', reason: 'the host was booted while the change was on its disk' };
}

function incomplete(
  host: string,
  failed: readonly Check[],
  differences: readonly string[],
): StepFailure {
  const others = failed.filter(({ name }) => name !== 'files');
  const findings = [...others.map(({ name, detail }) => `${name}: ${detail}`), ...differences];
  return new StepFailure(
    'RestoreIncomplete',
    `${host} was put back from its backup and is not as it was: ${findings.slice(0, 3).join('; ')}${findings.length > 3 ? ` and ${findings.length - 3} more` : ''}`.slice(
      0,
      900,
    ),
    {
      remedy:
        'Look at each difference on the host. Resolve with restore to try again, or with accept when the host is good as it is.',
      findings: findings.slice(0, FINDINGS_MAX).map((finding) => finding.slice(0, 500)),
    },
  );
}

function changeHasBegun(host: string): StepFailure {
  return new StepFailure(
    'BackupUnverifiable',
    `${host} was asked for a backup after its change had begun; it would save what the change has made. The earlier backup stands.`,
    { remedy: 'Let this cycle end, or resolve it; a new cycle makes a new backup.' },
  );
}

function nothingToRestoreFrom(host: string): StepFailure {
  return new StepFailure(
    'BackupMissing',
    `${host} cannot be put back: its change has begun, and this cycle knows of no verified backup.`,
    {
      remedy:
        'Put the host right by hand (dpkg --audit shows what is broken), and resolve the cycle with accept.',
    },
  );
}
