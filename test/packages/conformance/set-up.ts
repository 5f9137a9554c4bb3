import { startLabHost } from '../../../src/lab/host.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { createRepository } from '../../../src/lab/repository.ts';
import type { Family } from './family.ts';
import type { ConformanceLab } from './lab.ts';
import { labManager, PROJECT_DIRECTORY } from './lab-manager.ts';

/** A host of this family that reads a repository of security updates and an ordinary one, both empty. */
export async function setUpLab(family: Family): Promise<ConformanceLab> {
  const { name, format } = family;
  await prepareLab(() => undefined);
  const security = await createRepository({ format });
  const ordinary = await createRepository({ format, name: 'ordinary', updates: 'ordinary' });
  const host = await startLabHost({
    name: `${name}-1`,
    format,
    archives: [],
    repositories: [security.sourcesEntry(), ordinary.sourcesEntry()],
    agentDirectory: PROJECT_DIRECTORY,
  });
  return {
    family,
    host,
    manager: labManager(host, name),
    security,
    ordinary,
    anotherManager: (options) => labManager(host, name, options),
    remove: async () => {
      await host.destroy();
      await security.close();
      await ordinary.close();
    },
  };
}
