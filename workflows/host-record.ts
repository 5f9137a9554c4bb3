import { defineSearchAttributeKey } from '@temporalio/common';
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { Announcement, HostRecord, type Updates } from '../src/domain/announcement.ts';
import { remember } from '../src/planning/host-record.ts';
import { RECORD_MEMO, recordHostOf } from '../src/temporal/names.ts';
import { readMessage, unread } from './cycle/raw-message.ts';
import { announceSignal, hostQuery } from './messages.ts';

/** A host that says nothing for so long is forgotten; one that is only down comes back within. */
const FORGET_AFTER_MS = 30 * 86_400_000;

const key = {
  host: defineSearchAttributeKey('PatchHost', 'KEYWORD'),
  packages: defineSearchAttributeKey('PatchPackages', 'INT'),
  securityUpdates: defineSearchAttributeKey('PatchSecurityUpdates', 'INT'),
  rebootRequired: defineSearchAttributeKey('PatchRebootRequired', 'BOOL'),
};

/**
 * What one host's agent says of it: lists show it from the memo, without a question to any
 * workflow or host. What is no announcement of this very host changes nothing.
 */
export async function hostRecord(carried?: unknown): Promise<void> {
  const host = recordHostOf(workflowInfo().workflowId);
  const before = HostRecord.safeParse(carried);
  let record = before.success ? before.data : null;
  let heard = 0;
  if (record !== null) publish(record); // A new run has no memo of the one before.
  setHandler(hostQuery, () => record);
  setHandler(unread(announceSignal), (raw) => {
    const read = readMessage(raw);
    const said = Announcement.safeParse(read.readable ? read.message : undefined);
    if (!said.success || said.data.host !== host) return;
    heard += 1;
    record = remember(record, said.data, new Date().toISOString());
    publish(record);
  });
  while (!isFull()) {
    const heardBefore = heard;
    await condition(isFull, FORGET_AFTER_MS, { summary: 'forget the host when it says nothing' });
    if (!isFull() && heard === heardBefore) return;
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof hostRecord>(record);
}

function isFull(): boolean {
  return workflowInfo().continueAsNewSuggested;
}

function publish(record: HostRecord): void {
  const { host, updates } = record.announcement;
  const pending = updates?.pending;
  const answer = updates?.rebootPending.answer ?? 'unknown';
  upsertMemo({ [RECORD_MEMO]: record });
  upsertSearchAttributes([
    { key: key.host, value: host },
    { key: key.packages, value: pending?.packages ?? null },
    { key: key.securityUpdates, value: pending?.security ?? null },
    { key: key.rebootRequired, value: answer === 'unknown' ? null : answer === 'yes' },
  ]);
  setCurrentDetails(detailsOf(record));
}

function detailsOf({ firstSeenAt, lastSeenAt, announcement }: HostRecord): string {
  const { host, agentVersion, os, kernel, updates } = announcement;
  return [
    `## ${host}`,
    `Agent ${agentVersion} on ${os}, kernel ${kernel}. Seen since ${firstSeenAt}, last ${lastSeenAt}.`,
    ...(updates === undefined ? [] : updateLines(updates)),
  ]
    .map((text) => text.replace(/[|\\`<>[\]*_]/g, (character) => `\\${character}`))
    .join('\n\n');
}

function updateLines({ observedAt, pending, problem, rebootPending }: Updates): string[] {
  return [
    pending === null
      ? `What is pending could not be told at ${observedAt}: ${problem ?? 'no reason was given'}`
      : `Pending at ${observedAt}: ${pending.packages} packages, ${pending.security} of them security; oldest CVE: ${pending.oldestCve ?? 'none'}.`,
    `Reboot pending: ${rebootPending.answer} (${rebootPending.reason}).`,
  ];
}
