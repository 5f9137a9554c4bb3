import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HostRecord } from '../src/domain/announcement.ts';
import type { CycleView } from '../src/domain/cycle.ts';
import type { BadVersions } from '../src/domain/known-bad.ts';
import type { Gathering } from '../src/domain/notice.ts';
import type { Acknowledged } from '../src/domain/review.ts';
import type { RolloutView } from '../src/domain/rollout.ts';
import type { SlotBook } from '../src/domain/slot.ts';
import { MESSAGES } from '../src/temporal/names.ts';

/**
 * Signals carry `unknown`: whoever may write to the namespace can send anything, and the cycle
 * judges it itself.
 */
export const approveSignal = defineSignal<[unknown]>(MESSAGES.approve);
export const rejectSignal = defineSignal<[unknown]>(MESSAGES.reject);
export const abortSignal = defineSignal<[unknown]>(MESSAGES.abort);
export const resolveSignal = defineSignal<[unknown]>(MESSAGES.resolve);

/** Any decision; the sender hears at once why it is refused. Answers the state after it. */
export const decideUpdate = defineUpdate<string, [unknown]>(MESSAGES.decide);

export const cycleQuery = defineQuery<CycleView>(MESSAGES.cycle);

/** Of a rollout. It takes `abort` and the update `decide` as well. */
export const pauseSignal = defineSignal<[unknown]>(MESSAGES.pause);
export const resumeSignal = defineSignal<[unknown]>(MESSAGES.resume);
export const retrySignal = defineSignal<[unknown]>(MESSAGES.retry);
export const skipSignal = defineSignal<[unknown]>(MESSAGES.skip);
export const rolloutQuery = defineQuery<RolloutView>(MESSAGES.rollout);

/** From a host's cycle to its rollout. */
export const hostNoticeSignal = defineSignal<[unknown]>(MESSAGES.hostNotice);

/** From a group's book to a cycle that asked for a slot. */
export const slotSignal = defineSignal<[unknown]>(MESSAGES.slot);

/** To a group's book. */
export const askSlotSignal = defineSignal<[unknown]>(MESSAGES.askSlot);
export const returnSlotSignal = defineSignal<[unknown]>(MESSAGES.returnSlot);
export const freeSlotUpdate = defineUpdate<SlotBook, [unknown]>(MESSAGES.freeSlot);
export const budgetQuery = defineQuery<SlotBook>(MESSAGES.budget);

/** From a host's agent to the host's record. */
export const announceSignal = defineSignal<[unknown]>(MESSAGES.announce);
export const hostQuery = defineQuery<HostRecord | null>(MESSAGES.host);
/** To the list of known bad versions. */
export const reportBadSignal = defineSignal<[unknown]>(MESSAGES.reportBad);
export const clearBadUpdate = defineUpdate<BadVersions, [unknown]>(MESSAGES.clearBad);
export const badVersionsQuery = defineQuery<BadVersions>(MESSAGES.badVersions);

/** What people are told, to where it is gathered. */
export const noticeSignal = defineSignal<[unknown]>(MESSAGES.notice);
export const notificationsQuery = defineQuery<Gathering>(MESSAGES.notifications);
/** To the list of acknowledged policies. */
export const acknowledgeUpdate = defineUpdate<Acknowledged, [unknown]>(MESSAGES.acknowledge);
export const acknowledgedQuery = defineQuery<Acknowledged>(MESSAGES.acknowledged);
