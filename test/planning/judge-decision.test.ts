import { describe, expect, it } from '@jest/globals';
import type { CycleState } from '../../src/domain/cycle.ts';
import { judgeDecision } from '../../src/planning/judge-decision.ts';

const DIGEST = 'a'.repeat(64);
const WAITS: CycleState = {
  name: 'awaiting-approval',
  digest: DIGEST,
  expiresAt: '2026-11-25T00:00:00.000Z',
  why: 'the policy asks for it',
};

function whyNot(message: unknown, state: CycleState = WAITS): string {
  const judgement = judgeDecision(message, state, 'web-1');
  return judgement.accepted ? 'accepted' : judgement.why;
}

describe('judging a decision', () => {
  it('takes a good approval of the plan in question', () => {
    expect(whyNot({ kind: 'approve', by: 'ada', digest: DIGEST })).toBe('accepted');
  });

  describe('of a host that takes only signed approvals', () => {
    const signing = { namespace: 'default', workflowId: 'patch/web-1', runId: '1' };
    const signature = '-----BEGIN SSH SIGNATURE-----\nZ29vZA==\n-----END SSH SIGNATURE-----\n';
    const expires = '2026-11-25T00:00:00.000Z';
    const words = { kind: 'approve', by: 'ada', digest: DIGEST };
    const judged = (message: unknown) => whyNot(message, { ...WAITS, signing });

    it('takes one with a signature and its expiry, for the host to verify', () => {
      expect(judged({ ...words, signature, expires })).toBe('accepted');
    });
    it.each([{}, { signature }, { expires }])('refuses one that has only %j', (fields) => {
      expect(judged({ ...words, ...fields })).toMatch(
        new RegExp(`not signed: patchcycle approve web-1 --digest ${DIGEST} --key FILE`),
      );
    });
    it('refuses a signature that is too long', () => {
      const long = signature.replace('Z29vZA==', 'A'.repeat(6_000));
      expect(judged({ ...words, signature: long, expires })).toMatch(/^signature: /);
    });
    it('takes a rejection as it is', () => {
      expect(judged({ ...words, kind: 'reject' })).toBe('accepted');
    });
  });

  it('refuses what can be read but not written, because it is nested too deeply', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(whyNot(deep)).toMatch(/nested too deeply/);
    expect(whyNot({ kind: 'approve', by: deep, digest: DIGEST })).toMatch(/nested too deeply/);
  });

  it('tells who would abort a cycle that needs attention how it can be ended', () => {
    const state: CycleState = {
      name: 'needs-attention',
      digest: DIGEST,
      since: '2026-11-25T00:00:00.000Z',
      failure: { type: 'HealthWorse', message: 'nginx is down.' },
    };
    const why = whyNot({ kind: 'abort', by: 'ada' }, state);
    expect(why).toContain('patchcycle resolve web-1 --how retry');
    expect(why).not.toContain('by itself');
  });
});
