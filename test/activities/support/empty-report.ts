import type { Report } from '../../../src/domain/report.ts';
import { CYCLE } from './step-bench.ts';

/** The report of a cycle in which nothing was to be done. */
export const REPORT: Report = {
  format: 1,
  host: 'web-1',
  cycle: CYCLE,
  workflow: { namespace: 'default', workflowId: 'patch/web-1', runId: 'a-run' },
  policy: 'ordinary',
  scope: 'security',
  requestedBy: 'alice',
  startedAt: '2026-11-24T18:43:00.000Z',
  endedAt: '2026-11-24T18:50:00.000Z',
  outcome: 'up-to-date',
  explanation: 'Nothing was to be done.',
  facts: null,
  plan: null,
  approvedBy: null,
  decisions: [],
  refused: [],
  refusedCount: 0,
  steps: [],
  leftAside: [],
  reboots: [],
  logs: null,
  checks: [],
  backup: null,
  restore: null,
  failures: [],
  commands: [],
  commandCount: 0,
};
