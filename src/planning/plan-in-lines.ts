import type { ChangeRow, PlanOverview } from '../domain/plan.ts';

/** The whole plan in one sentence. */
export function describePlan(plan: PlanOverview): string {
  const removals = plan.removalCount > 0 ? `, removes ${plan.removalCount}` : '';
  return `${packages(plan.changeCount)}, ${plan.securityCount} of them security${removals}; digest ${plan.digest.slice(0, 12)}`;
}

/** `1 package`, `2 packages`. */
export function packages(amount: number): string {
  return `${amount} package${amount === 1 ? '' : 's'}`;
}

const CVES_SHOWN = 3;

/** The plan in so many lines at most: its sum, what speaks for looking closely, then packages, those for security first. */
export function planInLines(plan: PlanOverview, linesMax: number): string[] {
  const { rebootExpected, removals, removalCount, rows, changeCount } = plan;
  const head = [
    describePlan(plan),
    `Reboot expected: ${rebootExpected.answer} (${rebootExpected.reason})`,
    ...(removalCount > 0 ? [`Removes: ${removals.map(({ name }) => name).join(', ')}`] : []),
  ];
  const sorted = rows.toSorted((one, other) => Number(other.security) - Number(one.security));
  const room = linesMax - head.length;
  const shown = changeCount > room ? room - 1 : changeCount;
  const left = changeCount - Math.min(shown, sorted.length);
  return [
    ...head,
    ...sorted.slice(0, shown).map(changeInLine),
    ...(left > 0 ? [`… and ${left} more packages`] : []),
  ];
}

function changeInLine({
  name,
  oldVersion,
  newVersion,
  security,
  advisory,
  cves,
}: ChangeRow): string {
  const named = cves === 'unknown' ? [] : cves;
  const more = named.length > CVES_SHOWN ? ['…'] : [];
  const mends = [
    ...(security ? ['security'] : []),
    ...(advisory === null ? [] : [advisory]),
    ...named.slice(0, CVES_SHOWN),
    ...more,
  ];
  const why = mends.length === 0 ? '' : ` (${mends.join(' ')})`;
  return `${name} ${oldVersion ?? 'new'} → ${newVersion}${why}`;
}
