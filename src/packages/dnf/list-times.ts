import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../host/atomic-file.ts';
import { orIfMissing } from '../../host/errno.ts';

/** Milliseconds by the id of a repository. */
const ListTimes = z.record(z.string(), z.number());

/**
 * How new the newest lists were that this host has had of each repository. dnf's own cache does not
 * tell for long: it takes older lists over newer ones, and is emptied by hand.
 */
export async function readListTimes(file: string): Promise<Map<string, number>> {
  const text = await orIfMissing(readFile(file, 'utf8'), '{}');
  return new Map(Object.entries(ListTimes.parse(JSON.parse(text))));
}

export async function writeListTimes(
  file: string,
  times: ReadonlyMap<string, number>,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFileAtomically(file, JSON.stringify(Object.fromEntries(times)));
}
