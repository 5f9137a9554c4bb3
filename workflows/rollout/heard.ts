import type { HostNotice, RolloutMember } from '../../src/domain/rollout.ts';
import { hearNotice, provePins } from '../../src/planning/rollout-events.ts';
import type { Rollout } from './state.ts';

/** A cycle said where it stands, or how it ended and what it has proved. */
export function heardOf(rollout: Rollout, member: RolloutMember, notice: HostNotice): void {
  if (!hearNotice(member, notice)) return;
  if (notice.proves !== undefined) provePins(rollout.progress, notice.proves);
  rollout.heard = true;
}
