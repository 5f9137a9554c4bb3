import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepContext } from '../../../activities/context.ts';
import { NamedPolicy } from '../../../src/domain/policy.ts';
import type { StepInput } from '../../../src/domain/steps.ts';
import { HostConfig } from '../../../src/host/config.ts';
import { openJournal } from '../../../src/host/journal.ts';
import { cycleDirectory } from '../../../src/host/paths.ts';
import type { PackageManager } from '../../../src/packages/port.ts';
import { FakeJournal, result } from '../../health/support/journal.ts';

const CYCLE = '20261124t184300z-1a2b3c4d';

/** A host whose journal, services and packages the test decides; its state directory is real. */
export class ModelHost {
  readonly journal = new FakeJournal();
  services: string[] = ['nginx', 'ssh'];
  failedUnits: string[] = [];
  packages: Partial<PackageManager> = {};
  readonly said: string[] = [];
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async context(): Promise<StepContext> {
    const paths = {
      configDirectory: join(this.#directory, 'etc'),
      stateDirectory: join(this.#directory, 'state'),
      archiveDirectory: join(this.#directory, 'cache'),
    };
    return {
      paths,
      config: HostConfig.parse({ host: 'web-1' }),
      packages: this.packages as PackageManager,
      journal: await openJournal(cycleDirectory(paths, CYCLE)),
      tools: {
        run: (argv, options) => {
          if (argv[0] === 'journalctl') return this.journal.run(argv, options);
          if (argv[1] === 'show') return Promise.resolve(result(argv, 0, this.#shown()));
          return Promise.resolve(
            result(argv, 0, this.failedUnits.map((unit) => `${unit} loaded failed\n`).join('')),
          );
        },
        runJob: () => Promise.reject(new Error('No step of these runs a package job')),
        progress: (text) => this.said.push(text),
      },
    };
  }

  #shown(): string {
    return this.services
      .map(
        (name) =>
          `Id=${name}.service\nNames=${name}.service\nActiveState=active\nType=simple\nUnitFileState=enabled\nNRestarts=0\n`,
      )
      .join('\n');
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

export async function modelHost(): Promise<ModelHost> {
  return new ModelHost(await mkdtemp(join(tmpdir(), 'patchcycle-step-')));
}

export function stepInput(policy: Record<string, unknown> = {}): StepInput {
  return {
    cycle: CYCLE,
    host: 'web-1',
    policy: NamedPolicy.parse({ name: 'ordinary', ...policy }),
    workflow: { namespace: 'default', workflowId: 'patch/web-1', runId: '1' },
  };
}
