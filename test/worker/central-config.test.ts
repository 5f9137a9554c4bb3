import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CentralConfig, MailChannel } from '../../src/domain/central-config.ts';
import { NoticeKind } from '../../src/domain/notice.ts';
import { keysOf } from '../../src/planning/schema-keys.ts';
import { parseYaml } from '../../src/planning/yaml-issues.ts';
import { gatherRules, loadCentralConfig } from '../../src/worker/central-config.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  await writeFile(join(directory, 'key'), 'a key\n');
  await writeFile(join(directory, 'slack'), 'https://hooks.example.org/services/T0/B0\n');
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function load(text: string) {
  const file = join(directory, 'central.yaml');
  await writeFile(file, text.replaceAll('FOLDER', directory));
  return loadCentralConfig(file);
}

const WHOLE = `
notifications:
  gather: 30s
  perHour: 5
  channels:
    pager:
      type: webhook
      url: https://events.example.org/patchcycle
      secret: { file: FOLDER/key }
      kinds: [needs-attention, rollout-halted]
    chat:
      type: slack
      url: { file: FOLDER/slack }
    mail:
      type: mail
      server: { host: smtp.example.org }
      login: { user: patchcycle, password: { file: FOLDER/key } }
      from: patchcycle@example.org
      to: [ops@example.org]
`;

describe('the file of the central workers', () => {
  it('may be missing: then people are told in the log only', async () => {
    expect(gatherRules(await loadCentralConfig(undefined)).channels).toEqual([]);
  });

  it('tells workflows names and times, and neither an address nor a secret', async () => {
    const rules = gatherRules(await load(WHOLE));
    expect(rules).toMatchObject({ gatherMs: 30_000, repeatMs: 1_800_000, perHour: 5 });
    expect(rules.channels[0]).toEqual({
      name: 'pager',
      kinds: ['needs-attention', 'rollout-halted'],
    });
    expect(JSON.stringify(rules)).not.toMatch(/example\.org|a key|T0/);
  });

  it('fills in STARTTLS and its port', async () => {
    const { notifications } = await load(WHOLE);
    expect(notifications.channels['mail']).toMatchObject({
      server: { host: 'smtp.example.org', port: 587, tls: 'starttls' },
    });
  });

  it.each([
    ['an unknown key', 'notifications: { chanels: {} }', /1:18.*chanels.*channels/],
    ['a secret that is written into it', channel('type: slack, url: https://x.example'), /file/],
    ['a plain address elsewhere', hook('http://example.org/x'), /https:\/\/…/],
    ['a password in an address', hook('https://user:pass@example.org/x'), /without user/],
    ['mail without TLS elsewhere', mail('host: smtp.example.org, tls: none'), /this machine only/],
    ['a secret file that is missing', hook('https://example.org', 'FOLDER/none'), /ENOENT/],
    ['a secret that is empty', channel('type: slack, url: { env: PATCHCYCLE_NONE }'), /no secret/],
    [
      'an address of a chat that is none',
      channel('type: slack, url: { file: FOLDER/key }'),
      /no add/,
    ],
    ['a time that is too long', 'notifications: { gather: 9d }', /from 1s to 1h/],
    [
      'a receiver with a line break',
      mail('host: x', '"a@b.example\\nBcc: c@d.example"'),
      /name@ex/,
    ],
  ])('is refused with %s, with the place and what to do', async (_, text, what) => {
    await expect(load(text)).rejects.toMatchObject({
      type: 'BadInput',
      message: expect.stringMatching(what),
    });
  });

  it('is refused without repeating the secret', async () => {
    await expect(load(channel('type: slack, url: { file: FOLDER/key }'))).rejects.toMatchObject({
      message: expect.not.stringContaining('a key'),
    });
  });

  it('is refused when it is not there', async () => {
    await expect(loadCentralConfig(join(directory, 'none.yaml'))).rejects.toMatchObject({
      type: 'BadInput',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('the example and the documentation', () => {
  const read = (path: string) => readFile(join(import.meta.dirname, '../..', path), 'utf8');

  it('are of files that are right', async () => {
    const text = await read('examples/central.yaml');
    expect(parseYaml(text, 'central.yaml', CentralConfig)).toMatchObject({ ok: true });
  });

  it('name every key and every kind', async () => {
    const text = await read('docs/notifications.md');
    const mail = [...Object.keys(MailChannel.shape)];
    const keys = [...keysOf(CentralConfig, ['notifications']), ...mail, 'url', 'secret'];
    for (const key of [...keys, ...NoticeKind.options]) expect(text).toContain(key);
    for (const path of [['server'], ['login']] as const) {
      const inner = keysOf(MailChannel, path).map((key) => `${path[0]}.${key}`);
      for (const key of inner) expect(text).toContain(`\`${key}\``);
    }
  });
});

function channel(fields: string): string {
  return `notifications: { channels: { ops: { ${fields} } } }`;
}

function hook(url: string, file = 'FOLDER/key'): string {
  return channel(`type: webhook, url: "${url}", secret: { file: ${file} }`);
}

function mail(server: string, to = 'ops@example.org'): string {
  return channel(`type: mail, server: { ${server} }, from: patchcycle@example.org, to: [${to}]`);
}
