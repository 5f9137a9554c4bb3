import type { PlanOverview } from '../../domain/plan.ts';
import { cut, plain, type Look } from '../paint.ts';
import { table } from './table.ts';
import { bytes, count } from './words.ts';

/** CVEs named in a row; the rest is counted, the report has all. */
const CVES_SHOWN = 3;

/** A plan for the person who decides about it: what changes, what is removed, what is behind it. */
export function planText(plan: PlanOverview, look: Look, rowsMax = 40): string {
  const { paint } = look;
  if (plan.changeCount + plan.removalCount === 0) {
    return [planHeadline(plan), ...leftOut(plan)].join('\n');
  }
  const rows = plan.rows
    .slice(0, rowsMax)
    .map((row) => [
      row.name,
      row.oldVersion ?? 'new',
      row.newVersion,
      row.security ? paint('yellow', 'yes') : '',
      cves(row.cves),
    ]);
  const more = plan.changeCount - rows.length;
  const removals = plan.removals.map(({ name }) => name).join(', ');
  return [
    planHeadline(plan),
    `Digest ${plan.digest}`,
    plan.removalCount > 0 ? paint('red', `Removes ${removals}`) : '',
    plan.held.length > 0 ? `Held back, and so left alone: ${plan.held.join(', ')}` : '',
    ...leftOut(plan),
    `Reboot expected: ${plan.rebootExpected.answer} (${plain(plan.rebootExpected.reason)})`,
    rows.length === 0
      ? ''
      : `\n${table(['PACKAGE', 'FROM', 'TO', 'SECURITY', 'CVES'], rows, look)}`,
    more > 0 ? `and ${more} more; --json lists ${plan.rows.length} of ${plan.changeCount}` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Fixes that exist and that this plan does not bring; a few, the report and --json have them all. */
const LEFT_OUT_SHOWN = 10;

function leftOut({ leftOut: sentences = [] }: PlanOverview): string[] {
  const more = sentences.length - LEFT_OUT_SHOWN;
  return [
    ...sentences.slice(0, LEFT_OUT_SHOWN).map((sentence) => `Left out: ${plain(sentence)}`),
    ...(more > 0 ? [`Left out: ${more} more; --json lists them`] : []),
  ];
}

export function planHeadline(plan: PlanOverview): string {
  const { changeCount, securityCount, removalCount, downloadBytes } = plan;
  if (changeCount + removalCount === 0) return 'Nothing to do: no update is pending';
  return [
    count(changeCount, 'package'),
    `${securityCount} of them security`,
    removalCount > 0 ? `${removalCount} removed` : '',
    `${bytes(downloadBytes)} to download`,
  ]
    .filter(Boolean)
    .join(', ');
}

function cves(known: PlanOverview['rows'][number]['cves']): string {
  if (known === 'unknown') return 'unknown';
  const shown = known.slice(0, CVES_SHOWN).join(' ');
  return known.length > CVES_SHOWN
    ? `${shown} and ${known.length - CVES_SHOWN} more`
    : cut(shown, 60);
}
