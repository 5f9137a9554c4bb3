import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/store/open.ts';
import { S3_KEY, startS3Server, type S3Server } from '../support/s3-server.ts';
import { keepsReports } from './conformance.ts';

const CONFIGURATION = [
  'AWS_ENDPOINT_URL_S3',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
] as const;

let directory: string;
let server: S3Server;
const before = { ...process.env };
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-s3-'));
  await mkdir(join(directory, 'audit'));
  server = await startS3Server(directory);
  for (const name of CONFIGURATION) delete process.env[name];
  process.env['AWS_ENDPOINT_URL_S3'] = server.url;
  process.env['AWS_ACCESS_KEY_ID'] = S3_KEY.id;
  process.env['AWS_SECRET_ACCESS_KEY'] = S3_KEY.secret;
});
afterAll(async () => {
  for (const name of CONFIGURATION) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await server.stop();
  await rm(directory, { recursive: true });
});

let stores = 0;

describe('a bucket of reports', () => {
  keepsReports(() => openStore(`s3://audit/store-${++stores}`));

  it('is listed whole, also beyond the thousand that one answer has', async () => {
    const store = await openStore('s3://audit/many');
    const names = Array.from({ length: 1_050 }, (_, number) => `report-${number}.json`);
    while (names.length > 0) {
      await Promise.all(names.splice(0, 50).map((name) => store.put(name, '{}')));
    }
    const listed = new Set<string>();
    for await (const name of store.list('report-', '.json')) listed.add(name);
    expect(listed.size).toBe(1_050);
  });

  it('that does not exist is said with what to look at', async () => {
    const store = await openStore('s3://absent');
    await expect(store.prepare()).rejects.toMatchObject({
      type: 'ReportStoreFailed',
      message: expect.stringContaining('s3://absent/'),
      details: { remedy: expect.stringContaining('AWS_ENDPOINT_URL_S3') },
    });
  });

  it('that can be read and not written is noticed before there is a report', async () => {
    const readOnly = await startS3Server(directory, { readOnly: true });
    process.env['AWS_ENDPOINT_URL_S3'] = readOnly.url;
    const store = await openStore('s3://audit');
    expect(await store.exists()).toBe(true);
    await expect(store.prepare()).rejects.toMatchObject({
      type: 'ReportStoreFailed',
      details: { remedy: expect.stringContaining('list, read and write') },
    });
    process.env['AWS_ENDPOINT_URL_S3'] = server.url;
    await readOnly.stop();
  });

  it('refuses who has another key', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'another';
    const store = await openStore('s3://audit');
    await expect(store.put('one.json', '{}')).rejects.toMatchObject({
      type: 'ReportStoreFailed',
      message: expect.stringContaining('SignatureDoesNotMatch'),
    });
    process.env['AWS_SECRET_ACCESS_KEY'] = S3_KEY.secret;
  });
});
