import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { BadVersions, type BadReport, type VersionOf } from '../../src/domain/known-bad.ts';
import { isKnownBad } from '../../src/planning/suspects.ts';
import {
  CENTRAL_TASK_QUEUE,
  KNOWN_BAD_WORKFLOW_ID,
  MESSAGES,
  WORKFLOW_TYPES,
} from '../../src/temporal/names.ts';

/** The versions that plans leave out now; none where no host was ever restored. */
export async function listKnownBad(client: Client): Promise<VersionOf[]> {
  const handle = client.workflow.getHandle(KNOWN_BAD_WORKFLOW_ID);
  try {
    const { versions } = BadVersions.parse(await handle.query(MESSAGES.badVersions));
    return versions
      .filter(isKnownBad)
      .map((bad) => ({ package: bad.package, version: bad.version }));
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return [];
  }
}

/** Adds to the list, and begins it where there is none. */
export async function reportBad(client: Client, report: BadReport): Promise<void> {
  await client.workflow.signalWithStart(WORKFLOW_TYPES.knownBad, {
    workflowId: KNOWN_BAD_WORKFLOW_ID,
    taskQueue: CENTRAL_TASK_QUEUE,
    args: [],
    signal: MESSAGES.reportBad,
    signalArgs: [report],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: 'package versions after which hosts were restored',
    staticDetails: 'See them with: `patchcycle known-bad`',
  });
}
