import type { FailureRecord } from '../domain/failure.ts';
import type { Report } from '../domain/report.ts';

/** A failure, with how many attempts ended in it. */
export type RepeatedFailure = { failure: FailureRecord; times: number };

/** The failures of a report; the same one of several attempts is told once. */
export function distinctFailures({ failures }: Report): RepeatedFailure[] {
  const found = new Map<string, RepeatedFailure>();
  for (const failure of failures) {
    const key = `${failure.type} ${failure.message}`;
    const again = found.get(key);
    if (again === undefined) found.set(key, { failure, times: 1 });
    else again.times++;
  }
  return [...found.values()];
}

/** The message of a failure without its first findings, which it often repeats; ends without a full stop or colon. */
export function shortMessage({ message, details }: FailureRecord): string {
  const first = details?.findings?.[0] ?? '';
  const at = first === '' ? -1 : message.indexOf(first);
  return at > 0 ? message.slice(0, at).replace(/[\s:;,]+$/, '') : message.replace(/\.$/, '');
}

/** The explanation of the ending without the findings, which a report lists below it. */
export function shortExplanation(report: Report): string {
  return report.failures.reduce(
    (text, failure) => text.replace(failure.message, () => `${shortMessage(failure)}.`),
    report.explanation,
  );
}

/** `HealthWorse` as people read it: "Health worse". */
export function failureTitle({ type }: FailureRecord): string {
  const spaced = type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Whether what a failure advised is still to be done, or was advice for a decision that was taken since. */
export function adviceLabel({ outcome }: Report): string {
  return outcome === 'failed' ? 'What to do' : 'What was advised';
}
