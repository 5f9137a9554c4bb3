import type { RawValue } from '@temporalio/common';
import { ApplicationFailure, CancellationScope, setHandler } from '@temporalio/workflow';
import { REFUSED_MESSAGES_MAX } from '../../src/domain/decision.ts';
import { HostNotice, ROLLOUT_DECISIONS_MAX } from '../../src/domain/rollout.ts';
import { RolloutDecision } from '../../src/domain/rollout-decision.ts';
import { NOTICE_SIZE_MAX, parseMessage } from '../../src/planning/parse-message.ts';
import { applyDecision, decisionObjection } from '../../src/planning/rollout-events.ts';
import { now } from '../cycle/cycle.ts';
import { readMessage, unread } from '../cycle/raw-message.ts';
import { claimedName } from '../cycle/record-decision.ts';
import {
  abortSignal,
  approveSignal,
  decideUpdate,
  hostNoticeSignal,
  pauseSignal,
  rejectSignal,
  resumeSignal,
  retrySignal,
  rolloutQuery,
  skipSignal,
} from '../messages.ts';
import { heardOf } from './heard.ts';
import { enterState, viewOf, type Rollout } from './state.ts';

/** Listens to people and to the hosts' cycles. Called once, when the rollout's state is there. */
export function listen(rollout: Rollout): void {
  const signals = [
    [pauseSignal, 'pause', 'Start no further host: {"by": who, "why"?: a sentence}'],
    [resumeSignal, 'resume', 'Go on after a pause or a halt: {"by": who, "why"?: a sentence}'],
    [
      abortSignal,
      'abort',
      'End the rollout; no cycle is broken off: {"by": who, "why"?: a sentence}',
    ],
    [
      approveSignal,
      'approve',
      'Approve changes on every host that asks for them: {"by": who, "changes": their digest, "why"?: a sentence}',
    ],
    [
      rejectSignal,
      'reject',
      'Reject changes on the hosts that ask for them now: {"by": who, "changes": their digest, "why"?: a sentence}',
    ],
    [retrySignal, 'retry', 'Start a host again: {"by": who, "host": which, "why"?: a sentence}'],
    [skipSignal, 'skip', 'Leave a host out: {"by": who, "host": which, "why": a sentence}'],
  ] as const;
  for (const [signal, kind, description] of signals) {
    setHandler(unread(signal), (raw) => hear(rollout, kind, raw), { description });
  }
  setHandler(
    decideUpdate,
    (message: unknown) => {
      take(rollout, acceptedOrThrow(rollout, message));
      return rollout.progress.state.name;
    },
    {
      validator: (message: unknown) => void acceptedOrThrow(rollout, message),
      description:
        'Any decision, answered at once: {"kind": "pause" | "resume" | "abort" | "approve" | "reject" | "retry" | "skip", ...fields of that signal}',
    },
  );
  setHandler(unread(hostNoticeSignal), (raw) => hearCycle(rollout, raw), {
    description: 'Where a cycle of this rollout stands; sent by the cycle itself',
  });
  setHandler(rolloutQuery, () => viewOf(rollout), {
    description: 'Where the rollout stands, with every host and every decision',
  });
  void CancellationScope.current().cancelRequested.catch(() => {
    const decision = { kind: 'abort', by: 'Temporal', why: 'the workflow was cancelled' } as const;
    if (decisionObjection(rollout.progress, decision) === null) take(rollout, decision);
  });
}

type Judged = { ok: true; value: RolloutDecision } | { ok: false; why: string };

function judge({ progress, input }: Rollout, message: unknown): Judged {
  const parsed = parseMessage(message, RolloutDecision);
  if (!parsed.ok) return parsed;
  const why = decisionObjection(progress, parsed.value, input.approval);
  return why === null ? parsed : { ok: false, why };
}

/** Throws the ApplicationFailure that tells the sender of an update why it is refused. */
function acceptedOrThrow(rollout: Rollout, message: unknown): RolloutDecision {
  const judged = judge(rollout, message);
  if (judged.ok) return judged.value;
  throw ApplicationFailure.nonRetryable(`Refused: ${judged.why}.`, 'DecisionRefused');
}

function hear(rollout: Rollout, kind: RolloutDecision['kind'], raw: RawValue | undefined): void {
  const read = readMessage(raw);
  if (!read.readable) return refuse(rollout, kind, null, read.why);
  const { message } = read;
  const claimed = typeof message === 'object' && message !== null ? { ...message, kind } : message;
  const judged = judge(rollout, claimed);
  if (judged.ok) take(rollout, judged.value);
  else refuse(rollout, kind, message, judged.why);
}

function take(rollout: Rollout, decision: RolloutDecision): void {
  const { progress } = rollout;
  const at = now();
  if (decision.kind === 'reject') noteRejection(rollout, decision);
  const { state, members, wave, approved } = progress;
  const after = { state, members, wave, approved };
  applyDecision(after, decision, at);
  enterState(rollout, after.state);
  progress.decisions.push({ decision, at });
  progress.decisions.splice(0, progress.decisions.length - ROLLOUT_DECISIONS_MAX);
  rollout.heard = true;
}

function noteRejection(
  { progress, rejections }: Rollout,
  { changes, by, why }: Extract<RolloutDecision, { kind: 'reject' }>,
): void {
  for (const { host, standing } of progress.members) {
    if (standing.is !== 'running' || standing.asks?.changes !== changes) continue;
    const { runId, asks } = standing;
    rejections.push({
      host,
      runId,
      digest: asks.digest,
      by,
      ...(why === undefined ? {} : { why }),
    });
  }
}

/** Beyond a number of them, refusals are only counted: nobody can fill the rollout's memory with them. */
function refuse({ progress }: Rollout, kind: string, message: unknown, why: string): void {
  progress.refusedCount += 1;
  if (progress.refused.length >= REFUSED_MESSAGES_MAX) return;
  progress.refused.push({ at: now(), kind, by: claimedName(message), why: why.slice(0, 500) });
}

function hearCycle(rollout: Rollout, raw: RawValue | undefined): void {
  const kind = 'host-notice';
  const read = readMessage(raw);
  if (!read.readable) return refuse(rollout, kind, null, read.why);
  const parsed = parseMessage(read.message, HostNotice, NOTICE_SIZE_MAX);
  if (!parsed.ok) return refuse(rollout, kind, null, parsed.why);
  const notice = parsed.value;
  const member = rollout.members.get(notice.host);
  if (member === undefined) {
    return refuse(rollout, kind, null, `${notice.host} is not in this rollout`);
  }
  if (member.standing.is === 'running' && member.standing.runId === '') rollout.early.push(notice);
  else heardOf(rollout, member, notice);
}
