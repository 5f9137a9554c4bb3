import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Argv } from '../host/tools.ts';

const BUILT = 'job-supervisor.cjs';

/**
 * The program that runs package jobs, and how it is started: the built one that lies beside the
 * program that runs now (or in the `dist` beside its folder), otherwise the source, which Node
 * runs as it is. Throws a plain Error when an installation lacks it.
 */
export function supervisorProgram(program: string = process.argv[1] ?? ''): Argv {
  const folder = program === '' ? '/' : dirname(realpathSync(program));
  const built = [join(folder, BUILT), join(folder, '..', 'dist', BUILT)].find((path) =>
    existsSync(path),
  );
  if (built !== undefined) return [process.execPath, built];
  const sources = import.meta.dirname as string | undefined;
  if (sources === undefined)
    throw new Error(`${BUILT} is not in ${folder}: install patchcycle anew`);
  return [process.execPath, join(sources, '..', 'host', 'job-supervisor.ts')];
}
