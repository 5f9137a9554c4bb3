import { resultOf } from '../domain/check-result.ts';
import type { Report } from '../domain/report.ts';
import { distinctFailures, shortExplanation, shortMessage } from './failures.ts';
import { detailOf } from './checks.ts';
import {
  cvesOf,
  downMs,
  isInstalled,
  leftAsideNow,
  leftOutOf,
  unknownCveCount,
} from './figures.ts';
import { headlineOf } from './headline.ts';
import { between, count, oneLine, withUtc } from './text.ts';
import { formatDuration } from '../domain/duration.ts';

/** Findings that a summary shows; the report has them all. */
const FINDINGS_SHOWN = 5;

/**
 * A report in a few lines for a terminal: the outcome first. Without colours and control
 * characters, whatever the report holds.
 */
export function summarizeReport(report: Report): string[] {
  const { sentence } = headlineOf(report);
  const explained = ['patched', 'up-to-date'].includes(report.outcome)
    ? []
    : [shortExplanation(report)];
  return [
    sentence,
    ...explained,
    ...findings(report),
    ...facts(report),
    `Took ${between(report.startedAt, report.endedAt)}. Policy ${report.policy}, asked for by ${report.requestedBy}.`,
  ].map((line) => oneLine(line, 500));
}

function findings(report: Report): string[] {
  const lines = distinctFailures(report).flatMap(({ failure }) => {
    const { findings: found = [], remedy = '' } = failure.details ?? {};
    const advice = report.outcome === 'failed' && remedy !== '' ? [`What to do: ${remedy}`] : [];
    const what =
      found.length > 0 ? found.map((finding) => `- ${finding}`) : [`- ${shortMessage(failure)}`];
    return [...what, ...advice];
  });
  const more = lines.length - FINDINGS_SHOWN;
  return more > 0
    ? [...lines.slice(0, FINDINGS_SHOWN), `- and ${more} more, in the report`]
    : lines;
}

function leftOut({ plan }: Report): string[] {
  const sentences = leftOutOf(plan);
  const more = sentences.length - FINDINGS_SHOWN;
  return [
    ...sentences.slice(0, FINDINGS_SHOWN).map((sentence) => `Left out: ${sentence}`),
    ...(more > 0 ? [`Left out: ${more} more, in the report`] : []),
  ];
}

function facts(report: Report): string[] {
  const { plan, reboots, restore, approvedBy, checks } = report;
  const leftAside = leftAsideNow(report);
  const lines: string[] = leftOut(report);
  const cves = cvesOf(plan).length;
  if (cves > 0) {
    const known = unknownCveCount(plan) === 0 ? '' : ', as far as known';
    lines.push(
      `${count(cves, 'CVE')} ${isInstalled(report) ? 'fixed' : 'would be fixed'}${known}.`,
    );
  }
  if (approvedBy !== null)
    lines.push(`Approved ${approvedBy.startsWith('auto') ? '' : 'by '}${withUtc(approvedBy)}.`);
  if (reboots.length > 0) {
    const down = downMs(report);
    lines.push(
      `${count(reboots.length, 'reboot')}, down for ${down === null ? 'an unknown time' : formatDuration(down)}.`,
    );
  }
  if (restore !== null) {
    lines.push(
      restore.exact
        ? `Proven: all ${restore.entriesCompared} files, links and directories are as they were.`
        : `NOT as it was: ${count(restore.differences.length, 'difference')} in ${restore.entriesCompared} files, links and directories.`,
    );
  }
  const unknown = checks.filter((check) => resultOf(check) === 'unknown');
  for (const check of unknown.slice(0, FINDINGS_SHOWN))
    lines.push(`Not known: ${check.name}: ${detailOf(check)}.`);
  if (leftAside.length > 0)
    lines.push(`Configuration left aside: ${leftAside.slice(0, 5).join(', ')}.`);
  return lines;
}
