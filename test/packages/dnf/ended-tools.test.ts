import { describe, expect, it } from '@jest/globals';
import { readArchiveFiles, readGoodArchiveFiles } from '../../../src/packages/dnf/file-lists.ts';
import { databaseDirectory } from '../../../src/packages/dnf/footprint.ts';
import { packageStates } from '../../../src/packages/dnf/states.ts';
import type { HostTools } from '../../../src/host/tools.ts';
import { answering, type Answer } from './fixture.ts';

const ENDS: readonly [string, Answer][] = [
  ['killed', { exitCode: null, signal: 'SIGKILL' }],
  ['at its time limit', { exitCode: null, timedOut: true }],
];

const READS: readonly [string, (tools: HostTools) => Promise<unknown>][] = [
  ['the database', packageStates],
  ["the database's directory", databaseDirectory],
  ['what archives would bring', (tools) => readArchiveFiles(tools, ['/a.rpm'])],
  ['what archives may have brought', (tools) => readGoodArchiveFiles(tools, ['/a.rpm'])],
];

describe.each(ENDS)('An rpm that was ended, %s', (_end, answer) => {
  it.each(READS)('says nothing of %s, so that the step is tried again', async (_what, read) => {
    const tools = answering(() => answer);
    await expect(read(tools)).rejects.toMatchObject({ type: 'CommandFailed', retryable: true });
  });
});
