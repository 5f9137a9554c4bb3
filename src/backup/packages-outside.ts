import { FINDINGS_MAX, StepFailure } from '../domain/failure.ts';
import type { Plan } from '../domain/plan.ts';

/** Versions by `name:architecture`, as a package manager tells them. */
export type Versions = Readonly<Record<string, string>>;

/**
 * What somebody else did since the backup to packages that the plan does not name, one sentence
 * each, sorted. A restore puts the package database back, and not the files of those: the database
 * would tell of versions that are not on the disk.
 */
export function changedOutside(
  plan: Pick<Plan, 'changes' | 'removals'>,
  then: Versions,
  now: Versions,
): string[] {
  // By name: with its new version a package may come for another architecture.
  const planned = new Set([...plan.changes, ...plan.removals].map(({ name }) => name));
  return [...new Set([...Object.keys(then), ...Object.keys(now)])]
    .filter((key) => then[key] !== now[key] && !planned.has(key.split(':')[0] ?? ''))
    .toSorted()
    .map((key) => `${key} ${what(then[key], now[key])}.`);
}

function what(then: string | undefined, now: string | undefined): string {
  if (then === undefined) return `${now} was installed`;
  return now === undefined ? `${then} was removed` : `was ${then} and is ${now} now`;
}

/** The failure of a restore that would roll back what somebody else did; `putBack` is what a person types to undo it. */
export function changedByOthers(
  host: string,
  sentences: readonly string[],
  putBack: string,
): StepFailure {
  const more = sentences.length > 3 ? ` and ${sentences.length - 3} more` : '';
  return new StepFailure(
    'RestoreIncomplete',
    `${host} was not put back, because somebody else changed packages since the backup: ${sentences.slice(0, 3).join(' ')}${more} Nothing was touched.`,
    {
      remedy: `Bring the packages that are named to the versions they had (${putBack}), and resolve the cycle with restore; or put the host right by hand, and resolve with accept.`,
      findings: sentences.slice(0, FINDINGS_MAX),
    },
  );
}
