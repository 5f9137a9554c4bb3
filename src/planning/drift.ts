import type { PlanOverview } from '../domain/plan.ts';

/**
 * What differs between two plans, one sentence for each package, in the order of the later plan.
 * Plans with the same digest differ in nothing, and plans with different digests in something.
 * Of plans that are longer than an overview's rows only the rows that both have are compared one
 * by one, because a package that is missing there may only have moved beyond the cut.
 */
export function describeDrift(before: PlanOverview, after: PlanOverview): string[] {
  if (before.digest === after.digest) return [];
  const sentences = [
    ...changeDrift(before, after),
    ...removalDrift(before, after),
    ...(before.scope === after.scope
      ? []
      : [`the scope is ${after.scope} instead of ${before.scope}`]),
  ];
  return sentences.length > 0
    ? sentences
    : [
        `the digest is ${after.digest} instead of ${before.digest}: an archive has the same version and another content, size or origin`,
      ];
}

function changeDrift(before: PlanOverview, after: PlanOverview): string[] {
  const was = new Map(before.rows.map((row) => [nameOf(row), row]));
  const is = new Map(after.rows.map((row) => [nameOf(row), row]));
  const complete = [before, after].every(({ rows, changeCount }) => rows.length === changeCount);
  const changed = [...is].flatMap(([name, { newVersion, oldVersion }]) => {
    const earlier = was.get(name);
    if (earlier === undefined) return complete ? [`${name} ${newVersion} came in`] : [];
    if (earlier.newVersion !== newVersion)
      return [`${name} goes to ${newVersion} instead of ${earlier.newVersion}`];
    if (earlier.oldVersion === oldVersion) return [];
    return [
      `${name} is now installed in version ${oldVersion ?? 'none'} instead of ${earlier.oldVersion ?? 'none'}`,
    ];
  });
  if (!complete) {
    const { changeCount } = after;
    return changeCount === before.changeCount
      ? changed
      : [...changed, `the plan has ${changeCount} packages instead of ${before.changeCount}`];
  }
  const gone = [...was].flatMap(([name, { newVersion }]) =>
    is.has(name) ? [] : [`${name} ${newVersion} went out`],
  );
  return [...changed, ...gone];
}

function removalDrift(before: PlanOverview, after: PlanOverview): string[] {
  const was = new Set(before.removals.map(nameOf));
  const is = new Set(after.removals.map(nameOf));
  const complete = [before, after].every(
    ({ removals, removalCount }) => removals.length === removalCount,
  );
  if (!complete) {
    return before.removalCount === after.removalCount
      ? []
      : [`${after.removalCount} packages would be removed instead of ${before.removalCount}`];
  }
  return [
    ...[...is].filter((name) => !was.has(name)).map((name) => `${name} would be removed`),
    ...[...was].filter((name) => !is.has(name)).map((name) => `${name} would stay`),
  ];
}

function nameOf({ name, architecture }: { name: string; architecture: string }): string {
  return `${name}:${architecture}`;
}
