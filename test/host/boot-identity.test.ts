import { describe, expect, it } from '@jest/globals';
import { BootIdentity } from '../../src/domain/facts.ts';
import { isSameBoot, readBootIdentity } from '../../src/host/boot-identity.ts';

describe('the boot identity', () => {
  it('is the same while the host runs, and has the shape that facts carry', async () => {
    const one = await readBootIdentity();
    expect(BootIdentity.parse(one)).toEqual(one);
    expect(isSameBoot(one, await readBootIdentity())).toBe(true);
  });

  it('differs when either the kernel or the first process was started anew', async () => {
    const own = await readBootIdentity();
    const otherKernel = { ...own, bootId: '11111111-2222-4333-8444-555555555555' };
    expect(isSameBoot(own, otherKernel)).toBe(false);
    expect(isSameBoot(own, { ...own, initStartTicks: `${own.initStartTicks}1` })).toBe(false);
  });
});
