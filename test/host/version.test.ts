import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { AGENT_VERSION } from '../../src/host/version.ts';

it('the version of the agent is that of the package', async () => {
  const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ version: AGENT_VERSION });
});
