import { condition } from '@temporalio/workflow';
import type { Resolution } from '../../src/domain/decision.ts';
import type { FailureRecord } from '../../src/domain/failure.ts';
import { attentionNotice } from '../../src/planning/notices.ts';
import { enter, now, planDigest, type Cycle } from './cycle.ts';
import { notifyPeople } from './notify.ts';

/** A host that is half changed must not be forgotten: people are told again every day. */
const REMIND_EVERY_MS = 24 * 3_600_000;

/** Waits for a person to say how the cycle goes on; there is no ending without one. */
export async function waitForResolution(cycle: Cycle, failure: FailureRecord): Promise<Resolution> {
  const { host } = cycle.input;
  cycle.resolution = null;
  enter(cycle, { name: 'needs-attention', digest: planDigest(cycle), since: now(), failure });
  for (;;) {
    await notifyPeople(cycle, attentionNotice(host, failure));
    const resolved = await condition(() => cycle.resolution !== null, REMIND_EVERY_MS, {
      summary: `${host} needs attention; people are reminded`,
    });
    if (resolved) break;
  }
  const { resolution } = cycle as { resolution: Cycle['resolution'] };
  if (resolution === null) throw new Error('The wait for a resolution ended without one');
  cycle.resolution = null;
  return resolution.how;
}
