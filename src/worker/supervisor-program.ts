import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Argv } from '../host/tools.ts';

const BUILT = 'job-supervisor.cjs';

/**
 * The program that runs package jobs, and how it is started. On a host it lies beside the agent; in
 * a build of the command in the folder `agent`; and in the sources, which Node runs as they are,
 * where it always was. Throws a plain Error when an installation lacks it.
 */
export function supervisorProgram(program: string = process.argv[1] ?? ''): Argv {
  const folder = program === '' ? '/' : dirname(realpathSync(program));
  // In a bundle there is no folder of sources; its type does not know that.
  const sources = import.meta.dirname as string | undefined;
  const places = [
    join(folder, BUILT),
    join(folder, 'agent', BUILT),
    join(folder, '..', 'dist', 'agent', BUILT),
    ...(sources === undefined ? [] : [join(sources, '..', 'host', 'job-supervisor.ts')]),
  ];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`${BUILT} is in none of ${places.join(', ')}: install patchcycle anew`);
  }
  return [process.execPath, found];
}
