import { describe, expect, it } from '@jest/globals';
import type {
  HostStanding,
  RolloutInput,
  RolloutMember,
  RolloutState,
} from '../../src/domain/rollout.ts';
import type { SlotBook } from '../../src/domain/slot.ts';
import { bookDetails } from '../../workflows/budget/details.ts';
import { rolloutDetails } from '../../workflows/rollout/details.ts';
import { rolloutOf } from './support/fleet.ts';

const AT = '2026-11-28T00:00:00.000Z';

const member = (
  host: string,
  wave: number,
  standing: HostStanding,
  bad = false,
): RolloutMember => ({
  ...{ host, wave, standing, bad },
});

function detailsOf(
  state: RolloutState,
  members: RolloutMember[],
  fields: Partial<RolloutInput> = {},
): string {
  return rolloutDetails({
    name: 'november',
    input: rolloutOf([['web-1'], ['web-2']], { requestedBy: 'ada', ...fields }),
    progress: {
      ...{ startedAt: AT, state, wave: 0, members, pins: [], approved: [] },
      decisions: [{ at: AT, decision: { kind: 'skip', host: 'web-2', by: 'bob', why: 'a|b `c`' } }],
      ...{ refused: [], refusedCount: 2 },
    },
  });
}

describe('what the Web UI shows of a rollout', () => {
  const halted = { name: 'halted', why: '1 of 1 hosts did not come through', since: AT } as const;
  const text = detailsOf(halted, [
    member('web-1', 0, { is: 'ended', ending: 'restored' }, true),
    member('web-2', 1, { is: 'running', runId: 'x', at: 'needs-attention' }),
  ]);

  it('says why it waits, and the commands that move it on', () => {
    expect(text).toContain('## Rollout november: halted\n');
    expect(text).toContain(`Since ${AT}: 1 of 1 hosts did not come through.`);
    expect(text).toContain('patchcycle rollout resume november');
    expect(text).toContain('patchcycle rollout retry november HOST');
  });

  it('counts the hosts of each wave, and names those that matter to somebody', () => {
    expect(text).toMatch(/\*\*1\*\*.*\| 1.*\| 1 restored/);
    expect(text).toContain('- web-2: needs-attention; `patchcycle status web-2`');
    expect(text).toContain('- web-1: restored; `patchcycle report web-1`');
  });

  it('tells what people decided, as text and not as markup', () => {
    expect(text).toContain('skip web-2 by bob: a\\|b \\`c\\`');
    expect(text).toContain('2 messages were refused');
  });

  it('asks once for hosts that would get the same, with the command, and names only the others', () => {
    const asks = (letter: string, signed: boolean): HostStanding => ({
      ...{ is: 'running', runId: 'x', at: 'awaiting-approval' },
      asks: { digest: 'd'.repeat(64), changes: letter.repeat(64), signed },
    });
    const asked = detailsOf(
      { name: 'running' },
      [
        member('web-1', 0, asks('a', false)),
        member('web-2', 0, asks('a', false)),
        member('web-3', 0, asks('b', true)),
      ],
      { approval: 'once' },
    );
    expect(asked).toContain('The same changes on 2 hosts: web-1, web-2');
    expect(asked).toContain('patchcycle rollout approve november --changes aaaaaaaaaaaa');
    expect(asked).toContain('patchcycle rollout reject november --changes aaaaaaaaaaaa');
    expect(asked).not.toContain('patchcycle status web-1');
    expect(asked).toContain('- web-3: awaiting-approval; `patchcycle status web-3`');
    const stopped = detailsOf(halted, [member('web-1', 0, asks('a', false))], { approval: 'once' });
    expect(stopped).toContain('**A person is asked**, when it is resumed.');
    expect(stopped).not.toContain('rollout approve');
    const each = detailsOf({ name: 'running' }, [member('web-1', 0, asks('a', false))]);
    expect(each).toContain('- web-1: awaiting-approval; `patchcycle status web-1`');
  });

  it('fits into the field whatever the fleet is', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      member(`host-${index}`, 1, { is: 'running', runId: 'x', at: 'needs-attention' }),
    );
    const long = detailsOf({ name: 'running' }, many);
    expect(long.length).toBeLessThan(18_001);
    expect(long).toContain('… and 9970 more');
  });
});

describe('what the Web UI shows of a budget', () => {
  const ASKED = { startedAt: AT, turn: 1 };
  const holder = { workflowId: 'patch/web-1', runId: 'x', slots: 1, ...ASKED, since: AT };
  const book: SlotBook = {
    holders: [{ ...holder, host: 'web-1', gone: 'terminated' }],
    queue: [{ host: 'web-2', workflowId: 'patch/web-2', runId: 'y', slots: 1, ...ASKED }],
    ...{ freed: [], refused: [], refusedCount: 0 },
  };

  it('is who holds a slot and who waits, and how one that was left behind is freed', () => {
    const text = bookDetails('web', book);
    expect(text).toContain('## web: 1 disrupted, 1 waiting');
    expect(text).toContain('patchcycle budget free web web-1 --why');
    expect(text).toMatch(/web-2.*waits/);
  });
});
