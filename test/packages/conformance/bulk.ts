import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { bulkPackages } from '../../../src/lab/tool-package.ts';
import type { InstallInput } from '../../../src/packages/port.ts';
import type { BulkStep, Moment } from './family.ts';
import {
  freshDirectory,
  installInput,
  offer,
  only,
  preinstall,
  versionOf,
  type ConformanceLab,
} from './lab.ts';

/** Enough packages and files that an installation of them takes long enough to be cut off. */
export const BULK = { count: 8, filesEach: 60 };

const specsOf = (version: string) => bulkPackages({ ...BULK, version });

export const BULK_NAMES = specsOf('1.0-1').map(({ name }) => name);

let updates = 0;

/** One more update of the bulk packages, downloaded; the first time they are brought onto the host. */
export async function nextBulk(
  lab: ConformanceLab,
): Promise<{ input: InstallInput; step: BulkStep }> {
  const step = { from: `1.${updates}-1`, to: `1.${updates + 1}-1` };
  if (updates === 0) await preinstall(lab, ...specsOf(step.from));
  updates += 1;
  await offer(lab, 'security', ...specsOf(step.to));
  const changes = only(await lab.manager.plan('security'), ...BULK_NAMES);
  expect(changes).toHaveLength(BULK.count);
  const directory = freshDirectory();
  await lab.manager.download(changes, directory);
  return { input: installInput(changes, directory, { attemptsMax: 3 }), step };
}

/** Returns as soon as the moment has come. */
export async function untilCome(
  { host }: ConformanceLab,
  moment: Moment,
  step: BulkStep,
): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await moment.hasCome(host, step))) {
    if (Date.now() > deadline) throw new Error(`the moment has not come: ${moment.when}`);
    await sleep(2);
  }
}

/** All of the packages are there in this version, and the family's tools find nothing wrong with them. */
export async function expectWhole(lab: ConformanceLab, version: string): Promise<void> {
  for (const name of BULK_NAMES) expect(await versionOf(lab, name)).toBe(version);
  expect(await lab.family.faults(lab.host, BULK_NAMES)).toBe('');
}
