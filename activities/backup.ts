import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bootedWithChange } from '../src/backup/booted-with-change.ts';
import {
  noteRestored,
  readBackupEntry,
  readRestoredEntry,
  writeBackupEntry,
  type BackupEntry,
} from '../src/backup/journal-entries.ts';
import { makeBackup } from '../src/backup/make-backup.ts';
import { changedByOthers, changedOutside, type Versions } from '../src/backup/packages-outside.ts';
import { auditChecks, fileChecks } from '../src/backup/proof-checks.ts';
import { proveAgainstBackup } from '../src/backup/prove.ts';
import { withBackup } from '../src/backup/record.ts';
import { restoreFrom } from '../src/backup/restore.ts';
import { settleServices } from '../src/backup/services.ts';
import { treeRoot } from '../src/backup/tree-root.ts';
import { FINDINGS_MAX, StepFailure } from '../src/domain/failure.ts';
import type { Check } from '../src/domain/health.ts';
import { Plan } from '../src/domain/plan.ts';
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
import { orIfMissing } from '../src/host/errno.ts';
import { readBootIdentity } from '../src/host/boot-identity.ts';
import { jobsBegun, waitForJobs } from '../src/host/jobs-begun.ts';
import { backupDirectory } from '../src/host/paths.ts';
import type { PackageManager } from '../src/packages/port.ts';
import { plannedChanges } from './approved-plan.ts';
import { backupScope } from './backup-scope.ts';
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

const CHECKS_MAX = 500;

/**
 * Backs up what the plan may change. As long as no change has begun, each run makes it anew: after a
 * wait for the next window the newest state is the right one. From then on the backup stands.
 * Other package tools are waited for.
 * Fails with `PlanDrifted`, `BadInput`, `NotEnoughSpace`, `BackupUnverifiable`, `PackageLockHeld`.
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

  await packages.waitUntilUnlocked();
  const boot = await readBootIdentity();
  const versions = await versionsOnDisk(context);
  tools.progress('asking the packages which files the plan may change');
  const root = treeRoot('/');
  const scope = await backupScope(context, input, plan, root);
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
  await packages.waitUntilUnlocked();
  const now = await versionsOnDisk(context);
  const during = changedOutside({ changes: [], removals: [] }, versions, now);
  if (during.length > 0) throw changedDuringBackup(host, during);
  await writeBackupEntry(journal, { digest: input.digest, summary, boot, packages: versions });
  return summary;
}

/**
 * Puts the host back as its backup has it: files, what is generated from them, and services. Does
 * nothing, and answers null, where no change has begun: what differs from the backup then is the work
 * of others. Package jobs and tools that still run are waited for first, and a host on which somebody
 * else changed packages since the backup is left alone.
 * Fails with `BackupMissing`, `BackupTampered`, `NotEnoughSpace`, `RestoreIncomplete`,
 * `PackageLockHeld`.
 */
export async function restore(
  context: StepContext,
  input: RestoreInput,
): Promise<RestoreSummary | null> {
  const { journal, packages, paths, tools } = context;
  const directory = backupDirectory(paths, input.cycle);
  const { archiveSha256, cycle } = input;
  if (!(await wasChangeOrdered(context))) return null;
  if (archiveSha256 === null) throw nothingToRestoreFrom(input.host, packages);

  await waitForJobs(journal.directory, tools);
  // A job that was given up has a result and may work on all the same; so may a tool of others.
  await packages.waitUntilUnlocked();
  const entry = await readBackupEntry(journal);
  await refuseChangesOfOthers(context, input.host, entry);
  tools.progress('holding the backup against its hash');
  return withBackup(directory, { archiveSha256, cycle }, async (opened) => {
    const root = treeRoot('/');
    await restoreFrom(opened, root, tools, (planned) => noteRestored(journal, planned));
    await packages.settleAfterRestore();
    // What was just generated anew is in the backup as well: as it was, to the last bit.
    await restoreFrom(opened, root, tools);
    const done = await readRestoredEntry(journal);
    const booted = await bootedWithChange(journal);
    const services = await settleServices(tools, {
      manifest: opened.manifest,
      backedUpAtMs: Date.parse(opened.record.createdAt),
      before: (await readBaseline(journal)).snapshot,
      rebootFollows: booted !== null && input.policy.reboot !== 'never',
    });
    const { restored, deleted } = done;
    if (restored + deleted > 0) {
      const { changes } = Plan.parse(await journal.read('plan'));
      // It writes files again as they were, but at another time.
      if (await packages.restoreBootLoader(changes)) await restoreFrom(opened, root, tools);
    }
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
  if (entry === null) throw nothingToRestoreFrom(host, packages);
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
 * A job has its directory before it is started. One that was never seen to begin may still do so,
 * on a host that is slow: it counts, so that nobody is told of an untouched host.
 */
async function wasChangeOrdered({ journal }: StepContext): Promise<boolean> {
  const names: string[] = await orIfMissing(readdir(join(journal.directory, 'jobs')), []);
  return names.some((name) => CHANGE_JOB.test(name));
}

async function versionsOnDisk({ packages }: StepContext): Promise<Versions> {
  return Object.fromEntries(await packages.versionsOnDisk());
}

/** Where the change has left a package database that cannot be read, there is nothing to compare. */
async function refuseChangesOfOthers(
  context: StepContext,
  host: string,
  entry: BackupEntry | null,
): Promise<void> {
  if (entry?.packages === undefined) return;
  const plan = Plan.parse(await context.journal.read('plan'));
  let now: Versions;
  try {
    now = await versionsOnDisk(context);
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    context.tools.progress('the package database cannot be read; it is put back unseen');
    return;
  }
  const sentences = changedOutside(plan, entry.packages, now);
  if (sentences.length > 0) {
    throw changedByOthers(host, sentences, context.packages.commands.putBack);
  }
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

function changedDuringBackup(host: string, sentences: readonly string[]): StepFailure {
  return new StepFailure(
    'BackupUnverifiable',
    `Somebody else changed packages of ${host} while its backup was made: ${sentences.slice(0, 3).join(' ')} Nothing was changed on the host by this cycle.`,
    {
      remedy:
        'Keep other package tools (Puppet, Ansible, a person) from the host during its window, and start the cycle again.',
      findings: sentences.slice(0, FINDINGS_MAX),
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

function nothingToRestoreFrom(host: string, { commands }: PackageManager): StepFailure {
  return new StepFailure(
    'BackupMissing',
    `${host} cannot be put back: its change has begun, and this cycle knows of no verified backup.`,
    {
      remedy: `Put the host right by hand (${commands.audit} shows what is broken), and resolve the cycle with accept.`,
    },
  );
}
