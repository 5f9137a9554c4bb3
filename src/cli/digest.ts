import { z } from 'zod';
import { DecisionRefused, type HostStatus } from '../client/index.ts';
import { Sha256 } from '../domain/names.ts';

/** A plan's digest as a person types it. Fewer digits could be met by another plan by accident or by intent. */
export const TypedDigest = z
  .string()
  .regex(
    /^[0-9a-f]{12,64}$/,
    'a plan digest has 64 hexadecimal digits, of which the first 12 or more may be given; copy it from: patchcycle status HOST',
  );

/**
 * The whole digest that is meant by what a person typed: all 64 digits, or the first 12 or more of
 * the plan in question. A whole digest is sent as it is, and the cycle judges it.
 */
export function meantDigest(typed: string, status: () => Promise<HostStatus>): Promise<string> {
  if (Sha256.safeParse(typed).success) return Promise.resolve(typed);
  return completed(typed, status);
}

async function completed(typed: string, status: () => Promise<HostStatus>): Promise<string> {
  const asked = planInQuestion(await status());
  if (asked.startsWith(typed)) return asked;
  throw new DecisionRefused(
    `The plan in question has the digest ${asked}, which does not begin with ${typed}. Nothing was sent.`,
    'Look at the plan that is asked about now: patchcycle status HOST',
  );
}

/** The digest of the plan that the cycle asks about. Throws DecisionRefused when it asks about none. */
export function planInQuestion({ host, cycle, note, running }: HostStatus): string {
  if (cycle?.state.name === 'awaiting-approval') return cycle.state.digest;
  const why =
    cycle === null
      ? (note ?? (running ? 'it does not answer' : 'it is over'))
      : `it is ${cycle.state.name}`;
  throw new DecisionRefused(
    `The patch cycle of ${host} asks for no approval now: ${why}. Nothing was sent.`,
    `See what it does: patchcycle status ${host}`,
  );
}
