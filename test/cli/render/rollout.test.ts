import { describe, expect, it } from '@jest/globals';
import type { HostStanding, RolloutView } from '../../../src/domain/rollout.ts';
import { lookOf } from '../../../src/cli/paint.ts';
import { rolloutText } from '../../../src/cli/render/rollout.ts';

const LOOK = lookOf({ write: () => true }, {});
const AT = '2026-11-28T00:00:00.000Z';
const CHANGES = 'a'.repeat(64);

function viewOf(standings: HostStanding[], fields: Partial<RolloutView> = {}): RolloutView {
  return {
    ...{ name: 'november', requestedBy: 'ada', startedAt: AT, endedAt: null, waves: 1, wave: 0 },
    state: { name: 'running' },
    members: standings.map((standing, index) => ({
      ...{ host: `web-${index + 1}`, wave: 0, standing, bad: false },
    })),
    rules: { soak: '30m', halt: 1, approval: 'once', atOnce: 50 },
    ...{ times: [], pins: [], approved: [], decisions: [], refused: [], refusedCount: 0 },
    ...fields,
  };
}

const asks = (signed: boolean): HostStanding => ({
  ...{ is: 'running', runId: 'x', at: 'awaiting-approval' },
  asks: { digest: 'd'.repeat(64), changes: CHANGES, signed },
});

const text = (view: RolloutView) => rolloutText(view, null, LOOK);

describe('patchcycle rollout status', () => {
  it('stays readable with a thousand hosts', () => {
    const many = Array.from({ length: 1_000 }, () => asks(false));
    expect(text(viewOf(many)).split('\n').length).toBeLessThan(40);
  });

  it('cuts off neither a kind of hosts nor why the rollout has stopped, however narrow the terminal', () => {
    const endings = ['patched', 'restored', 'failed', 'rejected', 'expired', 'lost'] as const;
    const ended = endings.map((ending): HostStanding => ({ is: 'ended', ending }));
    const why = '3 of the 6 hosts of wave 1 did not come through: web-2, web-3, web-6';
    const view = viewOf([...ended, { is: 'waiting' }], {
      state: { name: 'halted', why, since: AT },
    });
    const look = lookOf({ isTTY: true, columns: 60, write: () => true }, { NO_COLOR: '1' });
    const lines = rolloutText(view, null, look).split('\n');
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    const words = lines.join(' ').replace(/\s+/g, ' ');
    expect(words).toContain(why);
    expect(words).toContain(
      '1 patched, 1 restored, 1 failed, 1 rejected, 1 expired, 1 lost, 1 waiting',
    );
  });

  it('asks once for all hosts that would get the same', () => {
    const shown = text(viewOf([asks(false), asks(false)]));
    expect(shown).toContain('2 hosts: web-1, web-2');
    expect(shown).toContain('patchcycle rollout approve november --changes aaaaaaaaaaaa');
    expect(shown).not.toContain('patchcycle status web-1');
  });

  it('offers no approval for many while it is halted, when none is taken', () => {
    const halted = { name: 'halted', why: 'web-9', since: AT } as const;
    const shown = text(viewOf([asks(false)], { state: halted }));
    expect(shown).toContain('A person is asked, when it is resumed');
    expect(shown).not.toContain('rollout approve');
  });

  it('names hosts one by one that take only signed approvals, or that the policy wants decided so', () => {
    expect(text(viewOf([asks(true)]))).toContain('patchcycle status web-1');
    const each = { soak: '30m', halt: 1, approval: 'host', atOnce: 50 } as const;
    expect(text(viewOf([asks(false)], { rules: each }))).toContain('patchcycle status web-1');
  });

  it('says how much is left of the window, or when it opens', () => {
    const window = { rrule: 'FREQ=DAILY', start: '00:00', duration: '24h', timeZone: 'Etc/UTC' };
    const open = [{ name: 'ordinary', window }];
    expect(text(viewOf([], { times: open }))).toMatch(/window of ordinary is open, .* are left/);
    const opens = [
      { name: 'ordinary', blackouts: [{ from: AT, to: '2126-01-01T00:00:00.000Z', why: 'x' }] },
    ];
    expect(text(viewOf([], { times: opens }))).toMatch(/window of ordinary never opens again/);
    expect(text(viewOf([], { times: [{ name: 'ordinary' }] }))).not.toMatch(/window/);
  });

  it('says what moves a halted one on', () => {
    const halted = text(viewOf([], { state: { name: 'halted', why: 'web-1 failed', since: AT } }));
    expect(halted).toContain('patchcycle rollout retry november HOST');
    expect(halted).toContain('patchcycle rollout resume november');
  });
});
