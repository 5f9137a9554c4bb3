import { describe, expect, it } from '@jest/globals';
import type { CycleState } from '../../src/domain/cycle.ts';
import type { PlanOverview } from '../../src/domain/plan.ts';
import type { Cycle } from '../../workflows/cycle/cycle.ts';
import { detailsOf } from '../../workflows/cycle/details.ts';
import { inputFor, policyOf } from './support/cycle-bench.ts';

const digest = 'a'.repeat(64);
const at = '2026-11-25T00:00:00.000Z';

const PLAN: PlanOverview = {
  digest,
  scope: 'security',
  madeAt: at,
  changeCount: 0,
  securityCount: 0,
  removalCount: 0,
  downloadBytes: 0,
  rows: [],
  removals: [],
  held: [],
  rebootExpected: { answer: 'no', reason: 'nothing' },
};

function details(state: CycleState, fields: Partial<Cycle> = {}): string {
  const input = inputFor('web-1', policyOf());
  return detailsOf({
    input,
    step: {
      cycle: '20261125t000000z-1a2b3c4d',
      host: 'web-1',
      policy: input.policy,
      workflow: { namespace: 'default', workflowId: 'patch/web-1', runId: '1' },
    },
    state,
    aborted: null,
    steps: [],
    plan: null,
    refused: [],
    refusedCount: 0,
    ...fields,
  });
}

describe('the details in the Web UI', () => {
  const abortable: CycleState[] = [
    { name: 'inspecting' },
    { name: 'planning' },
    { name: 'awaiting-approval', digest, expiresAt: at, why: 'the policy asks for it' },
    { name: 'awaiting-window', digest, opensAt: at },
    { name: 'preparing', digest },
  ];
  it.each(abortable)('show how to abort while the cycle is $name', (state) => {
    const shown = details(state);
    expect(shown).toContain('patchcycle abort web-1 --why "..."');
    expect(shown).toContain('signal `abort` with:');
  });

  it('say that an abort was heard instead of asking for another', () => {
    const shown = details({ name: 'preparing', digest }, { aborted: { by: 'ada' } });
    expect(shown).toContain('aborted by ada');
    expect(shown).not.toContain('patchcycle abort');
  });

  it('show no abort once the host is being changed', () => {
    expect(details({ name: 'patching', digest })).not.toContain('abort');
  });

  it('show how an approval is signed, and that a plain signal will not do, only where that is so', () => {
    const waits = { name: 'awaiting-approval', digest, expiresAt: at, why: 'it asks' } as const;
    const signing = { namespace: 'default', workflowId: 'patch/web-1', runId: '1' };
    const shown = details({ ...waits, signing });
    expect(shown).toContain(`--digest ${digest.slice(0, 16)} --key ~/.ssh/id_ed25519\n`);
    expect(shown).toContain('a plain signal `approve` is not enough');
    expect(details(waits)).not.toMatch(/--key|signed/);
    expect(details(waits)).toContain('Or send the signal `approve` (or `reject`) with:');
  });

  it('name what the plan left out', () => {
    const leftOut = Array.from({ length: 12 }, (_, index) => `lib_${index} 2.0 needs more.`);
    const shown = details({ name: 'preparing', digest }, { plan: { ...PLAN, leftOut } });
    expect(shown).toContain('**Left out** (12):');
    expect(shown).toContain('- lib\\_0 2.0 needs more.');
    expect(shown).toContain('- … and 2 more');
  });
});
