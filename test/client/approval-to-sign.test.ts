import { describe, expect, it } from '@jest/globals';
import { approvalToSign, type HostStatus } from '../../src/client/index.ts';

const NOW_MS = Date.parse('2026-11-24T12:00:00Z');
const digest = 'd'.repeat(64);
const run = { namespace: 'default', workflowId: 'patch/web-1', runId: 'run-1' };

/** What the cycle of web-1 answers, honestly or not, to whoever asked for web-1. */
function answer(claims: { host?: string; signing?: Partial<typeof run> } = {}): HostStatus {
  return {
    host: 'web-1',
    ...run,
    cycle: {
      host: claims.host ?? 'web-1',
      state: {
        name: 'awaiting-approval',
        digest,
        expiresAt: '2026-11-27T12:00:00.000Z',
        why: 'policy critical asks for approval',
        signing: { ...run, ...claims.signing },
      },
    },
  } as HostStatus;
}

describe('the text that an approver signs', () => {
  it('names host, run, plan, approver and a day at most', () => {
    const asked = approvalToSign(answer(), { by: 'Ada', digest }, NOW_MS);
    expect(asked?.expires).toBe('2026-11-25T12:00:00.000Z');
    expect(JSON.parse(asked?.text ?? '')).toMatchObject({
      host: 'web-1',
      workflow: 'patch/web-1',
      run: 'run-1',
      plan: digest,
      approver: 'Ada',
    });
  });

  it.each([
    ['another host', { host: 'db-1' }],
    ['another workflow', { signing: { workflowId: 'patch/db-1' } }],
    ['another run', { signing: { runId: 'run-2' } }],
    ['another namespace', { signing: { namespace: 'production' } }],
  ])('is not made when the cycle answers as %s than was asked', (_what, claims) => {
    expect(() => approvalToSign(answer(claims), { by: 'Ada', digest }, NOW_MS)).toThrow(
      /Somebody may be trying to get a signature.*Nothing was signed or sent/,
    );
  });

  it('is not made for a plan that is not asked about, nor when nobody answers', () => {
    const words = { by: 'Ada', digest: 'e'.repeat(64) };
    expect(() => approvalToSign(answer(), words, NOW_MS)).toThrow(/asks about the plan d+\./);
    expect(() => approvalToSign({ ...answer(), cycle: null }, words, NOW_MS)).toThrow(
      /does not answer/,
    );
  });
});
