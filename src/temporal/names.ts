/** Every name by which the parts of patchcycle find each other in Temporal. Names only: workflows import this file. */

export const CENTRAL_TASK_QUEUE = 'patchcycle';

/** The queue that only the agent of this host polls. */
export function hostTaskQueue(host: string): string {
  return `patchcycle-host-${host}`;
}

/** One workflow ID a host: Temporal itself refuses a second running cycle. */
export function patchWorkflowId(host: string): string {
  return `patch/${host}`;
}

export function planWorkflowId(host: string): string {
  return `plan/${host}`;
}

const ROLLOUT_PREFIX = 'rollout/';

export function rolloutWorkflowId(name: string): string {
  return `${ROLLOUT_PREFIX}${name}`;
}

/** The name in a rollout's workflow ID; null where it is not the ID of one. */
export function rolloutNameOf(workflowId: string): string | null {
  return workflowId.startsWith(ROLLOUT_PREFIX) ? workflowId.slice(ROLLOUT_PREFIX.length) : null;
}

const BUDGET_PREFIX = 'budget/';

/** The workflow that hands out a group's slots. */
export function budgetWorkflowId(group: string): string {
  return `${BUDGET_PREFIX}${group}`;
}

export function budgetGroupOf(workflowId: string): string | null {
  return workflowId.startsWith(BUDGET_PREFIX) ? workflowId.slice(BUDGET_PREFIX.length) : null;
}

const RECORD_PREFIX = 'host/';

/** The workflow that remembers what a host's agent says of it. */
export function recordWorkflowId(host: string): string {
  return `${RECORD_PREFIX}${host}`;
}

export function recordHostOf(workflowId: string): string | null {
  return workflowId.startsWith(RECORD_PREFIX) ? workflowId.slice(RECORD_PREFIX.length) : null;
}
/** The one list of known bad versions of a namespace. */
export const KNOWN_BAD_WORKFLOW_ID = 'known-bad';

/** Where what people are told is gathered, one in a namespace. */
export const NOTIFICATIONS_WORKFLOW_ID = 'notifications';
/** The one list of people's words about policies of a namespace. */
export const ACKNOWLEDGED_WORKFLOW_ID = 'acknowledged-policies';

/** One review at a time. */
export const REVIEW_WORKFLOW_ID = 'policy-review';

export const WORKFLOW_TYPES = {
  patchHost: 'patchHost',
  planHost: 'planHost',
  rollout: 'rollout',
  groupBudget: 'groupBudget',
  hostRecord: 'hostRecord',
  knownBad: 'knownBad',
  notifications: 'notifications',
  policyReview: 'policyReview',
  acknowledgedPolicies: 'acknowledgedPolicies',
} as const;

/** One Schedule a policy, by its name, and one that reviews the fleet. */
export function scheduleId(name: string): string {
  return `schedule/${name}`;
}

export const MESSAGES = {
  approve: 'approve',
  reject: 'reject',
  abort: 'abort',
  resolve: 'resolve',
  decide: 'decide',
  cycle: 'cycle',
  pause: 'pause',
  resume: 'resume',
  retry: 'retry',
  skip: 'skip',
  hostNotice: 'host-notice',
  rollout: 'rollout',
  slot: 'slot',
  askSlot: 'ask-slot',
  returnSlot: 'return-slot',
  freeSlot: 'free-slot',
  budget: 'budget',
  announce: 'announce',
  host: 'host',
  reportBad: 'report-bad',
  clearBad: 'clear-bad',
  badVersions: 'bad-versions',
  notice: 'notice',
  notifications: 'notifications',
  acknowledge: 'acknowledge',
  acknowledged: 'acknowledged',
} as const;

/** The key of the memo that lists show without asking any workflow. */
export const RECORD_MEMO = 'patchcycleHost';

/**
 * Search attributes and their types. On SQL databases Temporal has room for ten Keywords and
 * three of every other type.
 */
export const SEARCH_ATTRIBUTES = {
  PatchHost: 'Keyword',
  PatchGroup: 'Keyword',
  PatchState: 'Keyword',
  PatchOutcome: 'Keyword',
  PatchPolicy: 'Keyword',
  PatchRollout: 'Keyword',
  PatchSecurityUpdates: 'Int',
  PatchPackages: 'Int',
  PatchRebootRequired: 'Bool',
  PatchWindowStart: 'Datetime',
} as const;
export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

/** The Web UI's page of one workflow run. */
export function workflowLink(
  uiUrl: string,
  namespace: string,
  workflowId: string,
  runId: string,
): string {
  const part = encodeURIComponent;
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${part(namespace)}/workflows/${part(workflowId)}/${part(runId)}`;
}

/** The Web UI's list of the workflows that are in this state. */
export function stateLink(uiUrl: string, namespace: string, state: string): string {
  const query = encodeURIComponent(`PatchState="${state}" AND ExecutionStatus="Running"`);
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`;
}
