import type { AlikeNotices, Bulletin } from '../../../src/domain/notice.ts';

const AT = '2026-11-28T00:00:00.000Z';

/** Notices of hosts that are alike, as they are gathered. */
export function alikeNotices(hosts: readonly string[], count = hosts.length): AlikeNotices {
  const command = (host: string) => `patchcycle approve ${host} --digest dddddddddddddddd`;
  const members = hosts.map((about) => ({
    about,
    command: command(about),
    run: { workflowId: `patch/${about}`, runId: `run-of-${about}` },
  }));
  const [about = 'web-1'] = hosts;
  return {
    notice: {
      kind: 'approval-needed',
      about,
      subject: `${about} waits for approval`,
      lines: ['1 packages, 1 of them security', 'openssl 1.0 → 1.1 (security)'],
      command: command(about),
      together: 'patchcycle rollout approve november --changes cccccccccccccccc',
    },
    firstAt: AT,
    count,
    members,
  };
}

export function bulletinOf(...groups: AlikeNotices[]): Bulletin {
  return { id: '3f6c1f0e-8a0b-4c5a-9d0e-1b2c3d4e5f60', at: AT, groups, unnamed: 0 };
}
