import { describe, expect, it } from '@jest/globals';
import { sizeObjection } from '../../src/planning/rollout-size.ts';
import { rolloutOf } from '../workflows/support/fleet.ts';

const hosts = (count: number, name: string) =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);

describe('a rollout', () => {
  it('of ten thousand hosts fits into what Temporal hands from run to run', () => {
    expect(sizeObjection(rolloutOf([hosts(10_000, 'web')]))).toBeNull();
  });

  it('is refused where it would not fit in mid-wave, and says how large it is', () => {
    const large = rolloutOf([hosts(10_000, 'a-name-that-is-longer-than-most.example.org')]);
    expect(sizeObjection(large)).toMatch(/^the rollout takes \d+ bytes, and 1800000 fit$/);
  });
});
