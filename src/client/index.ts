/** The library that platform teams script against; examples/patch-host.ts shows it at work. */
export { connect, type ConnectOptions, type PatchcycleClient } from './connect.ts';
export { approvalToSign, type ApprovalToSign } from './approval-to-sign.ts';
export * from './errors.ts';
export type { HostStatus } from './status.ts';
export type { HostSummary } from './list.ts';
export type { Pollers } from './pollers.ts';
export type { RunOptions } from './report.ts';
export type { PatchRequest, StartedCycle, WaitOptions } from './start.ts';
export { InventoryInvalid, policyFor, readInventory, type HostPolicy } from './inventory.ts';
export { openingsOf, type Openings } from './openings.ts';
export { planRollout, type RolloutRequest } from './plan-rollout.ts';
export type { Inventory } from '../planning/inventory.ts';
export type { ScheduleChange } from '../planning/schedules.ts';
export type { ScheduleStatus, StartedRollout } from './schedules/list.ts';
export { webUiFor } from './links.ts';
export { registerCommand } from './exchange.ts';
