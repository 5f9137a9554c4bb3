import { describe, expect, it } from '@jest/globals';
import type { HostStatus } from '../../src/client/index.ts';
import { meantDigest, TypedDigest } from '../../src/cli/digest.ts';

const DIGEST = `0123456789abcdef${'0'.repeat(48)}`;
const waiting = {
  host: 'db-1',
  running: true,
  note: null,
  cycle: { state: { name: 'awaiting-approval', digest: DIGEST, expiresAt: '', why: '' } },
} as unknown as HostStatus;

const ask = () => Promise.resolve(waiting);
const mustNotAsk = () => Promise.reject(new Error('nobody should have been asked'));

describe('the digest that a person means', () => {
  it('is what was typed when it is whole; whether it fits is for the cycle to judge', async () => {
    const whole = 'f'.repeat(64);
    expect(await meantDigest(whole, mustNotAsk)).toBe(whole);
  });

  it('is completed from twelve digits or more of the plan in question', async () => {
    expect(await meantDigest(DIGEST.slice(0, 12), ask)).toBe(DIGEST);
    expect(await meantDigest(DIGEST.slice(0, 63), ask)).toBe(DIGEST);
  });

  it('is refused when the digits are those of another plan', async () => {
    await expect(meantDigest('0123456789ac', ask)).rejects.toThrow(DIGEST);
  });

  it('is refused when no plan is asked about', async () => {
    const busy = { ...waiting, cycle: { state: { name: 'patching', digest: DIGEST } } };
    await expect(
      meantDigest(DIGEST.slice(0, 12), () => Promise.resolve(busy as unknown as HostStatus)),
    ).rejects.toThrow(/it is patching/);
  });

  it.each(['', '0123456789a', 'g123456789ab', `${DIGEST}0`, '0123456789AB', '../0123456789'])(
    'is refused when it is no digest: %j',
    (typed) => {
      expect(TypedDigest.safeParse(typed).error?.issues[0]?.message).toMatch(/^a plan digest has/);
    },
  );
});
