import { workflowLink } from '../temporal/names.ts';
import type { Session } from './session.ts';

/** The Web UI's page of one run; null where the Web UI is not known. */
export function linkTo(
  { uiUrl, namespace }: Pick<Session, 'uiUrl' | 'namespace'>,
  workflowId: string,
  runId: string,
): string | null {
  return uiUrl === null ? null : workflowLink(uiUrl, namespace, workflowId, runId);
}
