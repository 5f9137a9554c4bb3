import type { Check } from '../domain/health.ts';
import type { Proof } from './prove.ts';

/** Paths that one check names; more are counted. */
const NAMED_MAX = 5;

/** The proof of the files as checks for the report. */
export function fileChecks(proof: Proof): Check[] {
  const { exact, entriesCompared, differences, leftFilled, writtenAgain } = proof;
  const checks: Check[] = [
    {
      name: 'files',
      ok: exact,
      detail: exact
        ? `identical in all ${entriesCompared} entries`
        : `${differences.length} differences in ${entriesCompared} entries`,
    },
  ];
  if (leftFilled.length > 0) {
    checks.push({
      name: 'directories of the change',
      ok: true,
      detail: `left, because programs have written into them: ${named(leftFilled)}`,
    });
  }
  if (writtenAgain.length > 0) {
    checks.push({
      name: 'files written again',
      ok: true,
      detail: `with the same content, by programs that were started: ${named(writtenAgain)}`,
    });
  }
  return checks;
}

/**
 * What the package manager's audit says of the restored packages. Where every file of them, and of
 * their database, is proven to be as it was, whatever the audit finds was there before the change.
 */
export function auditChecks(sentences: readonly string[], { exact }: Proof): Check[] {
  if (sentences.length === 0) {
    return [{ name: 'package database', ok: true, detail: 'the audit is clean' }];
  }
  return sentences.map((sentence) => ({
    name: 'package database',
    ok: exact,
    detail: `${exact ? 'as before the change: ' : ''}${sentence}`.slice(0, 500),
  }));
}

function named(paths: readonly string[]): string {
  const more = paths.length > NAMED_MAX ? ` and ${paths.length - NAMED_MAX} more` : '';
  return `${paths.slice(0, NAMED_MAX).join(', ')}${more}`.slice(0, 400);
}
