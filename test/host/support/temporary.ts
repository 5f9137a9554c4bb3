import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { HostPaths } from '../../../src/host/paths.ts';

const made: string[] = [];

afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

/** A fresh directory, 0700, that is removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-test-'));
  made.push(directory);
  return directory;
}

/** The paths of a host that lies in a fresh directory; none of them exists yet. */
export async function temporaryPaths(): Promise<HostPaths> {
  const root = await temporaryDirectory();
  return {
    configDirectory: join(root, 'etc'),
    stateDirectory: join(root, 'state'),
    archiveDirectory: join(root, 'cache'),
  };
}
