import type { ChangeRow, PlanOverview } from '../domain/plan.ts';
import type { Report } from '../domain/report.ts';

/** The packages of a plan, those for security first, otherwise in the plan's order. */
export function rowsSecurityFirst({ rows }: PlanOverview): ChangeRow[] {
  return [...rows.filter(({ security }) => security), ...rows.filter(({ security }) => !security)];
}

/** The different CVEs of a plan as far as they are known, sorted by year and number. */
export function cvesOf(plan: PlanOverview | null): string[] {
  const all = new Set((plan?.rows ?? []).flatMap(({ cves }) => (cves === 'unknown' ? [] : cves)));
  return [...all].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** For how many packages it is not known which CVEs they fix. */
export function unknownCveCount(plan: PlanOverview | null): number {
  return (plan?.rows ?? []).filter(({ cves }) => cves === 'unknown').length;
}

/** Whether the plan's changes are on the host now. */
export function isInstalled({ outcome }: Report): boolean {
  return outcome === 'patched';
}

/** New configuration that lies beside the host's own; a restore that is proven has taken it away again. */
export function leftAsideNow({ leftAside, restore }: Report): string[] {
  return restore?.exact === true ? [] : leftAside;
}

/** Newer versions that the plan leaves alone though nobody holds them, one sentence each. */
export function leftOutOf(plan: PlanOverview | null): string[] {
  return plan?.leftOut ?? [];
}

/** How long the host was down for reboots, where that is known of all of them. */
export function downMs({ reboots }: Report): number | null {
  return reboots.every((reboot) => reboot.downMs !== null)
    ? reboots.reduce((sum, reboot) => sum + (reboot.downMs ?? 0), 0)
    : null;
}

/** What the list of a plan's packages is called after this ending. */
export function changesTitle(report: Report): string {
  const { plan } = report;
  if (plan !== null && plan.changeCount + plan.removalCount === 0) return 'What was left alone';
  if (isInstalled(report)) return 'What changed';
  if (report.outcome === 'restored') return 'What was installed, and taken back';
  if (report.outcome === 'accepted-as-is') return 'What was to be installed';
  return 'What would have changed';
}
