import type { Check } from '../check.ts';
import { plain, type Look } from '../paint.ts';
import { count } from './words.ts';

/** What doctor found, and below each thing that is missing, its mend. */
export function checksText(checks: readonly Check[], look: Look): string {
  const { paint, symbols } = look;
  const marks = {
    ok: paint('green', symbols.done),
    missing: paint('red', symbols.failed),
    warning: paint('yellow', symbols.warning),
  };
  const lines = checks.flatMap(({ name, result, detail, mend }) => [
    `${marks[result]} ${paint('bold', name)}: ${plain(detail)}`,
    ...(mend === null ? [] : [`    ${plain(mend)}`]),
  ]);
  const lacking = checks.filter(({ result }) => result === 'missing').length;
  return [
    ...lines,
    lacking === 0 ? 'Nothing is missing.' : `${count(lacking, 'thing')} missing.`,
  ].join('\n');
}
