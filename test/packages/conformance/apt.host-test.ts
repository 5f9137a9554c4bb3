import { startLabHost } from '../../../src/lab/host.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { createRepository } from '../../../src/lab/repository.ts';
import { aptFamily } from './apt-family.ts';
import { describeAptOnly } from './apt-only.ts';
import type { ConformanceLab } from './lab.ts';
import { labManager, PROJECT_DIRECTORY } from './lab-manager.ts';
import { describePackageManager } from './suite.ts';

describePackageManager(aptFamily, setUp, describeAptOnly);

async function setUp(): Promise<ConformanceLab> {
  await prepareLab(() => undefined);
  const security = await createRepository();
  const ordinary = await createRepository({ name: 'ordinary', updates: 'ordinary' });
  const host = await startLabHost({
    name: 'apt-1',
    archives: [],
    repositories: [security.sourcesEntry(), ordinary.sourcesEntry()],
    agentDirectory: PROJECT_DIRECTORY,
  });
  return {
    family: aptFamily,
    host,
    manager: labManager(host, 'apt'),
    security,
    ordinary,
    anotherManager: (options) => labManager(host, 'apt', options),
    remove: async () => {
      await host.destroy();
      await security.close();
      await ordinary.close();
    },
  };
}
