import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookOf } from '../../src/cli/paint.ts';
import { gatheringText } from '../../src/cli/render/notifications.ts';
import { nothingGathered } from '../../src/planning/gather-notices.ts';
import { alikeNotices } from '../activities/support/bulletin.ts';
import { httpServer } from '../activities/support/servers.ts';
import { documentOf, run } from './support/memory-io.ts';

const PLAIN = lookOf({ write: () => true }, {});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  await writeFile(join(directory, 'key'), 'a key');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function configOf(urls: Record<string, string>): Promise<string> {
  const file = join(directory, 'central.yaml');
  const channels = Object.entries(urls).map(
    ([name, url]) =>
      `    ${name}: { type: webhook, url: "${url}", secret: { file: ${directory}/key } }`,
  );
  await writeFile(file, ['notifications:', '  channels:', ...channels, ''].join('\n'));
  return file;
}

describe('patchcycle notifications test', () => {
  it('sends every channel one message, and says which did not take it', async () => {
    const server = await httpServer(({ url }, response) =>
      response.writeHead(url === '/hook' ? 204 : 404).end(),
    );
    try {
      const config = await configOf({ good: server.url, bad: `${server.url}/gone` });
      const tried = await run(['notifications', 'test', '--config', config]);
      expect(tried.exitCode).toBe(1);
      expect(tried.stdout).toMatch(/good took the message/);
      expect(tried.stdout).toMatch(/channel bad did not take a message.*404/);
      expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
        subject: expect.stringMatching(/^patchcycle tries its channel (good|bad)$/),
      });
      const only = await configOf({ good: server.url });
      expect(documentOf(await run(['notifications', 'test', '--config', only, '--json']))).toEqual({
        channels: [{ channel: 'good', problem: null }],
      });
    } finally {
      await server.close();
    }
  });

  it('says what is wrong with the file', async () => {
    const config = await configOf({ bad: 'http://example.org/plain' });
    const { exitCode, stderr } = await run(['notifications', 'test', '--config', config]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/central\.yaml:3:\d+.*https:\/\/…/s);
  });
});

describe('patchcycle notifications', () => {
  it('shows what waits, how many are alike, and what was not taken', () => {
    const at = '2026-11-28T00:00:00.000Z';
    const text = gatheringText(
      {
        ...nothingGathered(),
        waiting: [{ key: 'k', dueAt: at, alike: alikeNotices(['web-1'], 12) }],
        troubles: [{ at, channel: 'mail', why: 'The server did not take the mail.' }],
      },
      PLAIN,
    );
    expect(text).toMatch(/web-1 waits for approval\s+12/);
    expect(text).toMatch(/mail\s+The server did not take the mail/);
    expect(gatheringText(nothingGathered(), PLAIN)).toBe('Nothing waits to be told.');
  });
});
