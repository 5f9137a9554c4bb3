import { activityInfo } from '@temporalio/activity';
import { durationMs, formatDuration } from '../src/domain/duration.ts';
import { FINDINGS_MAX, StepFailure } from '../src/domain/failure.ts';
import type { LogReport } from '../src/domain/health.ts';
import type { StepInput } from '../src/domain/steps.ts';
import { readBaseline, type BaselineEntry } from '../src/health/baseline-entry.ts';
import { watchLogs, type LogWatch } from '../src/health/logs/follow.ts';
import { readSoak, writeSoak, type SoakEntry } from '../src/health/logs/soak-entry.ts';
import { pause } from '../src/health/settle.ts';
import { isSameBoot, readBootIdentity } from '../src/host/boot-identity.ts';
import { judgeLogs, type LogVerdict } from '../src/planning/log-verdict.ts';
import type { StepContext } from './context.ts';

/*
 * | step         | does                                                                 | undo |
 * | ------------ | -------------------------------------------------------------------- | ---- |
 * | monitor-logs | reads the logs from the baseline on, then watches for the soak time | -    |
 */

/** Looks in one soak: each is a command in the report, and a new kind is found within a twelfth of the soak. */
const LOOKS = 12;
const LOOK_EVERY_MIN_MS = 1_000;
const LOOK_EVERY_MAX_MS = 30_000;

/** Readings to catch up with a log, each of 50,000 lines; one that grows faster is never caught up with. */
const CATCH_UP_MAX = 20;

const TOO_FAST = 'the logs grew faster than they could be read: their last lines were not read';

/**
 * Watches the journal and the text logs for the policy's soak time. What was logged from the
 * baseline until the soak began, by services that restarted and a host that booted, is read as
 * well and judged more mildly: see `judgeLogs`. Ends early when a new kind of error is certain.
 * After a crash of the agent the same soak goes on. What could not be read is written down with the
 * soak and does not fail it; the step verify tells it.
 * Fails with `NewLogErrors`; with `HealthWorse` when the host booted by itself meanwhile; with
 * `CommandFailed` (may be retried) when the journal cannot be read.
 */
export async function monitorLogs(context: StepContext, input: StepInput): Promise<LogReport> {
  const { journal } = context;
  const baseline = await readBaseline(journal);
  const before = await readSoak(journal);
  const { activityId: asking } = activityInfo();
  // A result that was lost on its way to the server is given again.
  if (before?.asking === asking && before.end !== null) return outcome(input, before.end);
  const goesOn = before?.asking === asking ? before : null;
  const soak = goesOn ?? (await begin(context, input, baseline, before, asking));
  await refuseOtherBoot(input, soak);
  return outcome(input, await watch(context, input, baseline, soak, goesOn !== null));
}

/** Reads what was logged during the change, and writes down where the soak begins. */
async function begin(
  { tools, journal }: StepContext,
  { policy }: StepInput,
  baseline: BaselineEntry,
  before: SoakEntry | null,
  asking: string,
): Promise<SoakEntry> {
  // When a person has the step tried again, what was found the first time is known to that person.
  const position = before?.end?.position ?? baseline.logPosition;
  const watch = watchLogs({ run: tools.run, position, ignore: patterns(policy.logs.ignore) });
  tools.progress('reading what was logged during the change');
  await catchUp(watch);
  const soak: SoakEntry = {
    asking,
    startedAt: new Date().toISOString(),
    boot: await readBootIdentity(),
    position: watch.position,
    duringChange: { kinds: watch.kinds, linesRead: watch.linesRead, unread: watch.unread },
    end: null,
  };
  await writeSoak(journal, soak);
  return soak;
}

async function watch(
  { tools, journal }: StepContext,
  { policy }: StepInput,
  baseline: BaselineEntry,
  soak: SoakEntry,
  goesOn: boolean,
): Promise<NonNullable<SoakEntry['end']>> {
  const soakMs = durationMs(policy.logs.soak);
  // The wall clock may jump, so it is asked only for the time that passed before a crash.
  const passedMs = goesOn
    ? Math.min(soakMs, Math.max(0, Date.now() - Date.parse(soak.startedAt)))
    : 0;
  const beganMs = performance.now() - passedMs;
  const known = new Set(baseline.knownErrorKinds.map(({ signature }) => signature));
  const logs = watchLogs({
    run: tools.run,
    position: soak.position,
    ignore: patterns(policy.logs.ignore),
  });
  const lookEveryMs = Math.min(LOOK_EVERY_MAX_MS, Math.max(LOOK_EVERY_MIN_MS, soakMs / LOOKS));
  let verdict: LogVerdict;
  let behind: boolean;
  for (;;) {
    const leftMs = soakMs - (performance.now() - beganMs);
    behind = await catchUp(logs);
    verdict = judgeLogs({ known, duringChange: soak.duringChange.kinds, duringSoak: logs.kinds });
    if (leftMs <= 0 || verdict.beyondDoubt) break;
    const doing = `watching the logs, ${formatDuration(leftMs)} left, ${logs.linesRead} lines read`;
    await pause(tools, Math.min(leftMs, lookEveryMs), doing);
  }
  const { newKinds, knownKinds, passingKinds, findings } = verdict;
  const end = {
    position: logs.position,
    report: {
      soakMs: Math.round(Math.min(soakMs, performance.now() - beganMs)),
      linesRead: soak.duringChange.linesRead + logs.linesRead,
      newKinds,
      knownKinds,
      passingKinds,
    },
    findings: findings.slice(0, FINDINGS_MAX),
    unread: [
      ...new Set([...soak.duringChange.unread, ...logs.unread, ...(behind ? [TOO_FAST] : [])]),
    ],
  };
  await writeSoak(journal, { ...soak, end });
  return end;
}

function outcome(
  { host, policy }: StepInput,
  { report, findings }: NonNullable<SoakEntry['end']>,
): LogReport {
  if (findings.length === 0) return report;
  const kinds = findings.length === 1 ? 'a kind of error' : `${findings.length} kinds of error`;
  throw new StepFailure(
    'NewLogErrors',
    `Since the change ${host} logs ${kinds} that it did not log before: ${report.newKinds[0]?.firstLine ?? ''}`.slice(
      0,
      700,
    ),
    {
      remedy: `Look at the lines in the findings. A kind of error that means nothing goes into "logs: { ignore: [...] }" of policy ${policy.name}.`,
      findings,
    },
  );
}

async function refuseOtherBoot({ host }: StepInput, soak: SoakEntry): Promise<void> {
  if (isSameBoot(soak.boot, await readBootIdentity())) return;
  throw new StepFailure('HealthWorse', `${host} booted by itself while its logs were watched.`, {
    remedy: 'Look why in the log of the boot before: journalctl --boot=-1 --priority=err.',
    findings: [`booted again after the soak had begun at ${soak.startedAt}`],
  });
}

/** Answers whether there is still more to be read. */
async function catchUp(logs: LogWatch): Promise<boolean> {
  for (let n = 0; n < CATCH_UP_MAX; n++) {
    if (!(await logs.advance())) return false;
  }
  return true;
}

function patterns(ignore: readonly string[]): RegExp[] {
  return ignore.map((pattern) => new RegExp(pattern, 'u'));
}
