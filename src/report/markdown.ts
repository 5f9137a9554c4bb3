import { resultOf } from '../domain/check-result.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Check, LogFinding } from '../domain/health.ts';
import type { ChangeRow } from '../domain/plan.ts';
import type { Report } from '../domain/report.ts';
import { detailOf, worstFirst } from './checks.ts';
import { decided } from './decisions.ts';
import {
  adviceLabel,
  distinctFailures,
  failureTitle,
  shortExplanation,
  shortMessage,
} from './failures.ts';
import {
  changesTitle,
  cvesOf,
  isInstalled,
  leftAsideNow,
  leftOutOf,
  rowsSecurityFirst,
  unknownCveCount,
} from './figures.ts';
import { headlineOf } from './headline.ts';
import { logVerdict } from './logs.ts';
import { fenced, list, plain, table } from './markdown-text.ts';
import { between, bytes, count, utc, utcClock, utcSpan, withUtc } from './text.ts';

/**
 * The report as Markdown, for tickets and chats: the same as the HTML page in the same order,
 * without the list of commands. Every text of others is escaped.
 */
export function renderMarkdown(report: Report): string {
  const { badge, sentence } = headlineOf(report);
  const parts = [
    `# ${plain(sentence)}`,
    `**${badge}.** ${plain(shortExplanation(report))}`,
    facts(report),
    trouble(report),
    changes(report),
    health(report),
    timeline(report),
    record(report),
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function section(title: string, parts: readonly string[]): string {
  const content = parts.filter(Boolean);
  return content.length === 0 ? '' : [`## ${title}`, ...content].join('\n\n');
}

function facts(report: Report): string {
  const { facts: host, plan, backup, reason } = report;
  const rows: [string, string][] = [
    [
      'Host',
      plain(report.host) +
        (host === null ? '' : `, ${plain(host.os.name)}, kernel ${plain(host.kernel)}`),
    ],
    [
      'When',
      `${utcSpan(report.startedAt, report.endedAt)}, ${between(report.startedAt, report.endedAt)} in all`,
    ],
    ['Approved by', report.approvedBy === null ? 'nobody' : plain(withUtc(report.approvedBy))],
    [
      'Policy',
      `${plain(report.policy)}, ${report.scope === 'security' ? 'security updates only' : 'all updates'}`,
    ],
    [
      'Asked for by',
      plain(report.requestedBy) + (reason === undefined ? '' : `: ${plain(reason)}`),
    ],
  ];
  const cves = cvesOf(plan).length;
  if (cves > 0) {
    const known = unknownCveCount(plan) === 0 ? '' : ', as far as known';
    rows.push([isInstalled(report) ? 'CVEs fixed' : 'CVEs it would fix', `${cves}${known}`]);
  }
  if (backup !== null) {
    rows.push([
      'Backup',
      `${count(backup.files, 'file')}, ${bytes(backup.archiveBytes)}, ${plain(backup.directory)}`,
    ]);
  }
  return table(['', ''], rows);
}

function trouble(report: Report): string {
  const advice = adviceLabel(report);
  const failures = distinctFailures(report).map(({ failure, times }) => {
    const { findings = [], command, remedy = '' } = failure.details ?? {};
    return [
      `### ${plain(failureTitle(failure))}${times > 1 ? ` (${times} times)` : ''}`,
      `${plain(shortMessage(failure))}${findings.length > 0 ? ':' : '.'}`,
      list(findings.map(plain)),
      remedy === '' ? '' : `**${advice}:** ${plain(remedy)}`,
      command === undefined
        ? ''
        : `${plain(command.argv.join(' '))} ended with ${command.exitCode === null ? 'no exit code' : `exit code ${command.exitCode}`}.`,
      command === undefined || command.stderrTail === '' ? '' : fenced(command.stderrTail),
    ]
      .filter(Boolean)
      .join('\n\n');
  });
  return section('What went wrong, and what was done', [...failures, restoreProof(report.restore)]);
}

function restoreProof(restore: Report['restore']): string {
  if (restore === null) return '';
  const { exact, entriesCompared, differences } = restore;
  return exact
    ? `**The host was put back exactly as it was**: ${entriesCompared} files, links and directories are identical in content, owner and rights.`
    : [
        `**The host is not exactly as it was**: of ${entriesCompared} files, links and directories, ${count(differences.length, 'difference is', 'differences are')} left.`,
        list(differences.map(plain)),
      ].join('\n\n');
}

/** A package that runs on every architecture is the ordinary case in either family's word for it. */
const INDEPENDENT = ['all', 'noarch'];

function architectureNote({ architecture, oldArchitecture }: ChangeRow): string {
  if (oldArchitecture !== undefined) return ` (${plain(oldArchitecture)} → ${plain(architecture)})`;
  return INDEPENDENT.includes(architecture) ? '' : ` (${plain(architecture)})`;
}

function changes(report: Report): string {
  const { plan } = report;
  if (plan === null) return '';
  const rows = rowsSecurityFirst(plan).map((row) => [
    `${plain(row.name)}${architectureNote(row)}`,
    plain(row.oldVersion ?? 'new'),
    plain(row.newVersion),
    row.security ? '**security**' : '',
    fixes(row),
  ]);
  const left = plan.changeCount - plan.rows.length;
  const removalsLeft = plan.removalCount - plan.removals.length;
  return section(changesTitle(report), [
    table(['Package', 'From', 'To', '', 'What it fixes'], rows),
    left > 0 ? `… and ${count(left, 'more package', 'more packages')}.` : '',
    plan.removalCount === 0
      ? ''
      : `**To be removed:** ${plan.removals.map(({ name, oldVersion }) => plain(`${name} ${oldVersion}`)).join(', ')}${removalsLeft > 0 ? ` and ${removalsLeft} more` : ''}`,
    list(leftOutOf(plan).map((sentence) => `Left out: ${plain(sentence)}`)),
    plan.held.length === 0 ? '' : `Held back and left alone: ${plan.held.map(plain).join(', ')}`,
  ]);
}

function fixes({ cves, advisory }: ChangeRow): string {
  const notice = advisory === null ? [] : [plain(advisory)];
  if (cves === 'unknown') return [...notice, 'not known'].join(' ');
  return [...notice, ...cves.map(plain)].join(' ');
}

function health(report: Report): string {
  const { checks, restore, logs, reboots } = report;
  const leftAside = leftAsideNow(report);
  return section('How the host is', [
    checkTable('Checks after the change', checks),
    checkTable('Checks after the restore', restore?.checks ?? []),
    logs === null
      ? ''
      : [
          '### Logs after the change',
          `${logVerdict(logs)} ${count(logs.linesRead, 'line')} read, watched for ${formatDuration(logs.soakMs)}.`,
          kinds('New kinds of error', logs.newKinds),
          kinds('New, but only while services restarted', logs.passingKinds),
          kinds('Known before', logs.knownKinds),
        ]
          .filter(Boolean)
          .join('\n\n'),
    reboots.length === 0
      ? ''
      : `### Reboots\n\n${list(
          reboots.map(
            ({ purpose, downMs, reason }) =>
              `${purpose === 'restore' ? 'After the restore' : 'After the update'}, down for ${downMs === null ? 'an unknown time' : formatDuration(downMs)}: ${plain(reason.reason)}`,
          ),
        )}`,
    leftAside.length === 0
      ? ''
      : `### Configuration left aside\n\nThe host's own files were kept; somebody should compare them with these:\n\n${list(leftAside.map(plain))}`,
  ]);
}

function checkTable(title: string, checks: readonly Check[]): string {
  if (checks.length === 0) return '';
  const rows = worstFirst(checks).map((check) => [
    resultOf(check) === 'passed' ? 'passed' : `**${resultOf(check)}**`,
    plain(check.name),
    plain(detailOf(check)),
  ]);
  return `### ${title}\n\n${table(['Result', 'What', 'Found'], rows)}`;
}

function kinds(title: string, found: readonly LogFinding[]): string {
  const rows = found.map(({ count: times, firstLine, source }) => [
    String(times),
    plain(firstLine),
    plain(source),
  ]);
  return table(['Times', `${title}: the first line`, 'Found in'], rows);
}

function timeline({ steps, startedAt, endedAt }: Report): string {
  const oneDay = startedAt.slice(0, 10) === endedAt.slice(0, 10);
  const rows = steps.map(({ step, status, summary, startedAt: from, endedAt: to }) => [
    oneDay ? utcClock(from) : utc(from),
    plain(step),
    status === 'failed' ? '**failed**' : status,
    status === 'skipped' ? '' : between(from, to ?? endedAt),
    plain(withUtc(summary)),
  ]);
  return section('Timeline', [table(['Began (UTC)', 'Step', '', 'Took', 'What came of it'], rows)]);
}

function record({
  decisions,
  refusedCount,
  facts: host,
  cycle,
  workflow,
  plan,
  commandCount,
}: Report): string {
  return section('For the record', [
    list([
      ...decisions.map(
        ({ at, decision }) =>
          `${utc(at)}: ${plain(decision.by)} ${decided(decision)}${decision.why === undefined ? '' : `: ${plain(decision.why)}`}`,
      ),
      ...(refusedCount > 0 ? [`${count(refusedCount, 'message')} refused`] : []),
      ...(host?.findings ?? []).map(plain),
      `Patch cycle ${plain(cycle)}, workflow ${plain(workflow.workflowId)}, run ${plain(workflow.runId)}`,
      ...(plan === null ? [] : [`Plan digest ${plain(plan.digest)}`]),
      `${count(commandCount, 'command')} run on the host`,
    ]),
  ]);
}
