import type { FailureType } from '../../domain/failure.ts';

/** What was asked for when it failed; the same words mean different things. */
export type Subject = 'lists' | 'archives' | 'resolution' | 'job';

/** Words of a package tool and what they mean; without `subjects` whatever was asked for. */
export type Rule = { type: FailureType; pattern: RegExp; subjects?: readonly Subject[] };

/** How a family's tools speak of what went wrong: their exit status says next to nothing. */
export type Words = {
  /** The order decides: what a retry cannot mend comes before what it can. */
  rules: readonly Rule[];
  /** Begins a line that tells of an error. */
  errorLine: RegExp;
  /** What such a line begins with and people need not read. */
  errorSign: RegExp;
};

/** The type of failure that this output speaks of, or null when it speaks of none that is known. */
export function classifyBy({ rules }: Words, output: string, subject: Subject): FailureType | null {
  const rule = rules.find(
    ({ pattern, subjects }) => (subjects?.includes(subject) ?? true) && pattern.test(output),
  );
  return rule?.type ?? null;
}

/** The line that says it best: the first error that the rules know, else the first error, else the last line. */
export function decisiveLineBy(
  { rules, errorLine, errorSign }: Words,
  output: string,
  type: FailureType,
): string {
  const lines = output.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => errorLine.test(line));
  const patterns = rules.filter((rule) => rule.type === type).map(({ pattern }) => pattern);
  const known = [...errors, ...lines].find((line) =>
    patterns.some((pattern) => pattern.test(line)),
  );
  const line = known ?? errors[0] ?? lines.findLast((one) => one !== '') ?? 'nothing was said';
  return line.replace(errorSign, '').slice(0, LINE_LENGTH_MAX);
}

/** Enough for a mirror's address and the reason. */
const LINE_LENGTH_MAX = 400;
