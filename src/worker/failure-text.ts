import { StepFailure } from '../domain/failure.ts';

/** Whether configuration or state directory of this host are not in order, which only a person can mend. */
export function isHostsOwn(error: unknown): boolean {
  return (
    error instanceof StepFailure && (error.type === 'BadInput' || error.type === 'HostRefuses')
  );
}

/** What went wrong and what to do about it, a line each, for whoever reads the process's log. */
export function failureText(error: unknown): string {
  if (!(error instanceof StepFailure)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { findings = [], remedy } = error.details;
  return [error.message, ...findings, remedy].join('\n');
}
