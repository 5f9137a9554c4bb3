import type { LogReport } from '../domain/health.ts';
import { count } from './text.ts';

/**
 * What the logs said, in a sentence or two. Kinds of error that came only while services restarted
 * were new to the host too, so "nothing new" is not said of them.
 */
export function logVerdict({ linesRead, newKinds, passingKinds }: LogReport): string {
  if (linesRead === 0) return 'Not one line was read, so nothing is known of new errors.';
  const found = newKinds.length;
  const verdict =
    found === 0
      ? 'After everything had started, no kind of error was logged that the host had not logged before.'
      : `${count(found, 'kind')} of error ${found === 1 ? 'was' : 'were'} logged that the host had not logged before.`;
  const passing = passingKinds.length;
  return passing === 0
    ? verdict
    : `${verdict} ${count(passing, 'new kind')} came only while services restarted, which does not count.`;
}
