import type { Report } from '../../domain/report.ts';
import { countOf } from '../checks.ts';
import { cvesOf, downMs, isInstalled, unknownCveCount } from '../figures.ts';
import { shortExplanation } from '../failures.ts';
import { headlineOf } from '../headline.ts';
import { between, bytes, count, utc, utcSpan } from '../text.ts';
import { formatDuration } from '../../domain/duration.ts';
import { icon } from './icons.ts';
import { html, type Html } from './template.ts';

/** What a reader sees first: the outcome in a sentence, its figures, and whose it was and when. */
export function lead(report: Report): Html {
  const { tone, badge, sentence } = headlineOf(report);
  return html`<div class="lead ${tone}">
    <span class="badge">${icon(tone)}${badge}</span>
    <h1>${sentence}</h1>
    <p class="explanation">${shortExplanation(report)}</p>
    ${figures(report)} ${facts(report)}
  </div>`;
}

function figures(report: Report): Html | null {
  const { plan, reboots, checks } = report;
  const shown: [label: string, value: string][] = [];
  if (plan !== null && plan.changeCount > 0) {
    const done = isInstalled(report);
    const cves = cvesOf(plan).length;
    const packages = plan.changeCount === 1 ? 'package' : 'packages';
    shown.push([`${packages} ${done ? 'updated' : 'planned'}`, String(plan.changeCount)]);
    if (plan.securityCount > 0) shown.push(['of them for security', String(plan.securityCount)]);
    if (cves > 0) shown.push([cveLabel(report), String(cves)]);
  }
  if (reboots.length > 0) {
    const down = downMs(report);
    shown.push([
      reboots.length === 1 ? 'down for the reboot' : `down for ${reboots.length} reboots`,
      down === null ? 'unknown' : formatDuration(down),
    ]);
  }
  if (checks.length > 0)
    shown.push(['health checks passed', `${countOf(checks, 'passed')} of ${checks.length}`]);
  if (report.restore !== null) {
    shown.push([
      'entries compared after the restore',
      report.restore.entriesCompared.toLocaleString('en'),
    ]);
  }
  if (shown.length === 0) return null;
  return html`<dl class="figures">
    ${shown.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function cveLabel(report: Report): string {
  const unknown = unknownCveCount(report.plan);
  const known = isInstalled(report) ? 'CVEs fixed' : 'CVEs it would fix';
  return unknown === 0 ? known : `${known}, as far as known`;
}

type Fact = [label: string, value: string, more: string | null];

function facts(report: Report): Html {
  const { facts: host, policy, scope, requestedBy, reason, startedAt, endedAt, backup } = report;
  const rows: Fact[] = [
    [
      'Host',
      report.host,
      host === null
        ? null
        : `${host.os.name}, kernel ${host.kernel}, ${host.virtualization === 'none' ? 'bare metal' : host.virtualization}`,
    ],
    ['When', utcSpan(startedAt, endedAt), `${between(startedAt, endedAt)} in all`],
    ...approval(report),
    ['Policy', policy, scope === 'security' ? 'security updates only' : 'all updates'],
    ['Asked for by', requestedBy, reason ?? null],
  ];
  if (backup !== null) {
    rows.push([
      'Backup',
      `${count(backup.files, 'file')}, ${bytes(backup.archiveBytes)}`,
      backup.directory,
    ]);
  }
  return html`<dl class="facts">
    ${rows.map(
      ([label, value, more]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}${more === null ? null : html`<br /><small>${more}</small>`}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Who approved, with the time below the name; nothing where there was nothing to approve. */
function approval({ approvedBy, plan }: Report): Fact[] {
  if (approvedBy === null) {
    const nothing = plan === null || plan.changeCount + plan.removalCount === 0;
    return nothing ? [] : [['Approved by', 'nobody', null]];
  }
  const [, by = approvedBy, at = null] =
    /^(.*) at (\d{4}-\d\d-\d\dT[\d:.]+Z)$/s.exec(approvedBy) ?? [];
  return [['Approved by', by, at === null ? null : utc(at)]];
}
