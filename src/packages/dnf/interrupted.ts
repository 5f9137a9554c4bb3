import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { findDoubles } from './doubles.ts';
import { isDatabaseReadable } from './states.ts';

/** Stands among the interrupted packages where it is the database that has to be repaired. */
export const DATABASE = "rpm's database";

/** What an interrupted run has left behind, by `name:architecture`; none when the database is sound. */
export async function interruptedPackages(tools: HostTools): Promise<string[]> {
  if (!(await isDatabaseReadable(tools))) return [DATABASE];
  return (await findDoubles(tools)).map(({ newest }) => keyOf(newest));
}
