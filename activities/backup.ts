import { release as kernelRelease } from 'node:os';
import { z } from 'zod';
import { makeBackup } from '../src/backup/make-backup.ts';
import { proveAgainstBackup, type Proof } from '../src/backup/prove.ts';
import { readRecord, withBackup } from '../src/backup/record.ts';
import { restoreFrom } from '../src/backup/restore.ts';
import { NEVER_COVERED, resolveScope } from '../src/backup/scope.ts';
import { settleServices } from '../src/backup/services.ts';
import { treeRoot } from '../src/backup/tree-root.ts';
import { StepFailure } from '../src/domain/failure.ts';
import type { Check } from '../src/domain/health.ts';
import { Sha256 } from '../src/domain/names.ts';
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

/** What the backup step has done, for the steps that need it later; the journal entry `backup`. */
const BackupEntry = z.object({
  /** The plan that was to be installed after it. */
  digest: Sha256,
  summary: z.object({
    directory: z.string(),
    archiveSha256: Sha256,
    archiveBytes: z.number(),
    files: z.number(),
  }),
});
type BackupEntry = z.infer<typeof BackupEntry>;

const ENTRY = 'backup';

const Restored = z.object({ restored: z.number(), deleted: z.number() });
type Restored = z.infer<typeof Restored>;

const RESTORED_ENTRY = 'restored';

/** Package jobs whose names begin so change the host; others look or repair. */
const CHANGE_JOB = /^(?:upgrade|security-update)(?:-|$)/;

const FINDINGS_MAX = 50;
const CHECKS_MAX = 500;

/** Paths that one check names; more are counted. */
const NAMED_MAX = 5;

/**
 * Backs up what the plan may change. A backup that was made for this plan stands; for another plan
 * it is made anew, unless a change has begun, which it could not undo any more.
 * Fails with `PlanDrifted`, `BadInput`, `NotEnoughSpace`, `BackupUnverifiable`.
 */
export async function backup(
  context: StepContext,
  input: PlannedStepInput,
): Promise<BackupSummary> {
  const { journal, packages, paths, tools } = context;
  const plan = await plannedChanges(context, input);
  const directory = backupDirectory(paths, input.cycle);
  const before = await readEntry(context);
  if (before?.digest === input.digest) {
    const record = await readRecord(directory);
    if (record?.archiveSha256 === before.summary.archiveSha256) return before.summary;
  }
  if (await hasChangeBegun(context)) throw changeHasBegun(input.host);

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
  await journal.write(ENTRY, { digest: input.digest, summary } satisfies BackupEntry);
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
    await restoreFrom(opened, root, tools, (planned) => noteRestored(context, planned));
    await packages.settleAfterRestore();
    // What was just generated anew is in the backup as well: as it was, to the last bit.
    await restoreFrom(opened, root, tools);
    const services = await settleServices(tools, {
      manifest: opened.manifest,
      backedUpAtMs: Date.parse(opened.record.createdAt),
      before: (await readBaseline(journal)).snapshot,
    });
    return {
      ...(await readRestored(context)),
      rebootNeeded: (await kernelOfTheChange(context)) ?? services,
    };
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
  const entry = await readEntry(context);
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
  const checks = [...fileChecks(proof), ...auditChecks(audit), ...health];
  const failed = checks.filter(({ ok }) => !ok);
  if (failed.length > 0) throw incomplete(host, failed, proof.differences);
  return {
    exact: proof.exact,
    entriesCompared: proof.entriesCompared,
    differences: proof.differences,
    checks: checks.slice(0, CHECKS_MAX),
  };
}

/** What the restores of this cycle had to do in all; an attempt that was cut off counts. */
async function readRestored({ journal }: StepContext): Promise<Restored> {
  const document = await journal.read(RESTORED_ENTRY);
  return document === undefined ? { restored: 0, deleted: 0 } : Restored.parse(document);
}

/** The first attempt finds everything that is to be done, later ones what is left of it. */
async function noteRestored(context: StepContext, planned: Restored): Promise<void> {
  const before = await readRestored(context);
  await context.journal.write(RESTORED_ENTRY, {
    restored: Math.max(before.restored, planned.restored),
    deleted: Math.max(before.deleted, planned.deleted),
  } satisfies Restored);
}

async function readEntry({ journal }: StepContext): Promise<BackupEntry | null> {
  const document = await journal.read(ENTRY);
  return document === undefined ? null : BackupEntry.parse(document);
}

async function hasChangeBegun({ journal }: StepContext): Promise<boolean> {
  return (await jobsBegun(journal.directory)).some(({ name }) => CHANGE_JOB.test(name));
}

/** A kernel that came with the change runs until the next boot, whatever lies on the disk. */
async function kernelOfTheChange({ journal }: StepContext): Promise<RebootRequired | null> {
  const facts = z.object({ kernel: z.string() }).safeParse(await journal.read('facts'));
  const now = kernelRelease();
  if (!facts.success || facts.data.kernel === now) return null;
  return {
    answer: 'yes',
    reason: `the kernel ${now} of the change runs; before it was ${facts.data.kernel}`.slice(
      0,
      500,
    ),
  };
}

function fileChecks(proof: Proof): Check[] {
  const { exact, entriesCompared, differences, leftFilled, writtenAgain } = proof;
  const checks: Check[] = [
    {
      name: 'files',
      ok: exact,
      detail: exact
        ? `identical in all ${entriesCompared} entries`
        : `${differences.length} differences in ${entriesCompared} entries`,
    },
  ];
  if (leftFilled.length > 0) {
    checks.push({
      name: 'directories of the change',
      ok: true,
      detail: `left, because programs have written into them: ${named(leftFilled)}`,
    });
  }
  if (writtenAgain.length > 0) {
    checks.push({
      name: 'files written again',
      ok: true,
      detail: `with the same content, by programs that were started: ${named(writtenAgain)}`,
    });
  }
  return checks;
}

function auditChecks(sentences: readonly string[]): Check[] {
  if (sentences.length === 0) {
    return [{ name: 'package database', ok: true, detail: 'the audit is clean' }];
  }
  return sentences.map((sentence) => ({
    name: 'package database',
    ok: false,
    detail: sentence.slice(0, 500),
  }));
}

function named(paths: readonly string[]): string {
  const more = paths.length > NAMED_MAX ? ` and ${paths.length - NAMED_MAX} more` : '';
  return `${paths.slice(0, NAMED_MAX).join(', ')}${more}`.slice(0, 400);
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
