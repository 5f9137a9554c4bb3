import { access, constants } from 'node:fs/promises';
import { StepFailure } from '../domain/failure.ts';
import { readOsRelease } from '../host/os-release.ts';
import type { HostTools } from '../host/tools.ts';
import { createApt } from './apt/index.ts';
import type { MakePackageManager, PackageManager } from './port.ts';

type Family = { make: MakePackageManager; programs: readonly string[] };

/** What is installed decides, not the distribution's name: derivatives have many names and the same tools. */
const FAMILIES: readonly Family[] = [
  { make: (tools) => createApt(tools), programs: ['/usr/bin/apt-get', '/usr/bin/dpkg'] },
];

/** The manager of this host's packages. Fails with `UnsupportedHost`, saying what was seen. */
export async function choosePackageManager(
  tools: HostTools,
  families: readonly Family[] = FAMILIES,
): Promise<PackageManager> {
  for (const { make, programs } of families) {
    const found = await Promise.all(programs.map(isThere));
    if (found.every(Boolean)) return make(tools);
  }
  const { name } = await readOsRelease();
  const wanted = families.flatMap(({ programs }) => programs).join(', ');
  throw new StepFailure('UnsupportedHost', `${name} has no package tools that are known here`, {
    remedy: `Looked for: ${wanted}. Debian, Ubuntu and their derivatives have them.`,
  });
}

async function isThere(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}
