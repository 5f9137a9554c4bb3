import type { Change, Removal } from '../domain/plan.ts';

/**
 * The removals after which the package is gone. Of an install-only package (a kernel) the host keeps
 * a few versions beside each other, and loses the oldest when a newer one comes: that is the host's
 * own setting, and no package that anybody would miss.
 */
export function losses(
  changes: readonly Pick<Change, 'name' | 'architecture' | 'oldVersion'>[],
  removals: readonly Removal[],
): Removal[] {
  return removals.filter(
    ({ name, architecture }) =>
      !changes.some(
        (change) =>
          change.name === name &&
          change.architecture === architecture &&
          change.oldVersion === null,
      ),
  );
}
