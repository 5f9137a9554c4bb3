import { randomUUID } from 'node:crypto';
import { deliver } from '../../activities/control/deliver.ts';
import type { Channel } from '../domain/central-config.ts';
import type { Bulletin } from '../domain/notice.ts';
import { loadCentralConfig } from './central-config.ts';

export type TriedChannel = { channel: string; problem: string | null };

/** Sends each channel of the file one message, so that people see whether it comes. Fails with `BadInput`. */
export async function tryChannels(file: string): Promise<TriedChannel[]> {
  const { channels } = (await loadCentralConfig(file)).notifications;
  const tried = Object.entries(channels).map(async ([channel, settings]) => {
    try {
      const bulletin = trial(channel, settings);
      await deliver(channels, { channel, bulletin }, () => null);
      return { channel, problem: null };
    } catch (error) {
      return { channel, problem: error instanceof Error ? error.message : String(error) };
    }
  });
  return Promise.all(tried);
}

function trial(channel: string, { kinds }: Channel): Bulletin {
  const at = new Date().toISOString();
  const about = 'patchcycle';
  const notice = {
    kind: kinds[0] ?? 'review-findings',
    about,
    subject: `patchcycle tries its channel ${channel}`,
    lines: [`This channel is told of: ${kinds.join(', ')}.`, 'Nobody has to do anything.'],
  };
  const members = [{ about, run: { workflowId: about, runId: about } }];
  const groups = [{ notice, firstAt: at, count: 1, members }];
  return { id: randomUUID(), at, groups, unnamed: 0 };
}
