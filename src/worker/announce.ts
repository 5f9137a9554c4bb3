import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Announcement } from '../domain/announcement.ts';
import {
  CENTRAL_TASK_QUEUE,
  MESSAGES,
  recordWorkflowId,
  WORKFLOW_TYPES,
} from '../temporal/names.ts';
import type { Observe } from './observe-host.ts';
import type { Say } from './say.ts';

/** A day without a word is a finding, and an hour costs nothing: ten thousand hosts are three messages a second. */
const EVERY_MS = 60 * 60_000;

/**
 * The package tools are asked this long after the start, so that a fleet whose agents start
 * together does not ask its mirrors together, and a host that boots has its processors to itself.
 */
const FIRST_LOOK_MS = 2 * 60_000;

/** How soon after a cycle what is pending is told anew. */
const WATCH_EVERY_MS = 30_000;

export type AnnounceSettings = {
  observe: Observe;
  send: (announcement: Announcement) => Promise<void>;
  /** Whether a cycle holds the host's lock, and the package tools are its own. */
  isBusy: () => Promise<boolean>;
  /** Says `ended` when a cycle has given the host back: a short one is over before the next look. */
  cycleEnded?: EventTarget;
  say: Say;
  /** Ends it. */
  signal: AbortSignal;
  everyMs?: number;
  firstLookMs?: number;
  watchEveryMs?: number;
};

/** Announces the host at once, then every hour, and when a cycle has ended; until it is told to stop. */
export async function announceHost(settings: AnnounceSettings): Promise<void> {
  const { observe, send, isBusy, cycleEnded, say, signal } = settings;
  const {
    everyMs = EVERY_MS,
    firstLookMs = FIRST_LOOK_MS,
    watchEveryMs = WATCH_EVERY_MS,
  } = settings;
  let isNew = true;
  let dueMs = 0;
  let wasBusy = false;
  let hasEnded = false;
  let waking = new AbortController();
  const wake = () => {
    hasEnded = true;
    waking.abort();
  };
  cycleEnded?.addEventListener('ended', wake, { signal });
  let failed = false;
  while (!signal.aborted) {
    try {
      const busy = await isBusy();
      if (performance.now() >= dueMs || ((wasBusy || hasEnded) && !busy)) {
        const askPackages = !isNew && !busy;
        if (askPackages) hasEnded = false;
        await send(await observe(askPackages));
        dueMs = performance.now() + around(isNew ? firstLookMs : everyMs);
        isNew = false;
        failed = false;
      }
      wasBusy = busy;
    } catch (error) {
      if (signal.aborted) return;
      // It is tried again at every look; that has to be said only once.
      if (!failed) say(`This host could not be announced, and it is tried again: ${String(error)}`);
      failed = true;
    }
    await pause(watchEveryMs, AbortSignal.any([signal, waking.signal]));
    if (waking.signal.aborted) waking = new AbortController();
  }
}

/** Half of it to one and a half, by chance. */
function around(ms: number): number {
  return ms * (0.5 + Math.random());
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** A server that does not answer within this is asked again at the next look. */
const ANSWER_MAX_MS = 10_000;

/** The sender of announcements to the host's record, which begins with the first. */
export function recordSender(client: Client, signal: AbortSignal): AnnounceSettings['send'] {
  const { connection, workflow } = client;
  return async (announcement) => {
    const send = () =>
      workflow.signalWithStart(WORKFLOW_TYPES.hostRecord, {
        workflowId: recordWorkflowId(announcement.host),
        taskQueue: CENTRAL_TASK_QUEUE,
        signal: MESSAGES.announce,
        signalArgs: [announcement],
        args: [],
        staticSummary: `what the agent of ${announcement.host} says of it`,
      });
    await connection.withAbortSignal(signal, () =>
      connection.withDeadline(Date.now() + ANSWER_MAX_MS, send),
    );
  };
}
