import { mkdir } from 'node:fs/promises';
import type { StepContext } from '../../../activities/context.ts';
import { NamedPolicy } from '../../../src/domain/policy.ts';
import type { StepInput } from '../../../src/domain/steps.ts';
import { createRunCommand } from '../../../src/host/command.ts';
import { openJournal } from '../../../src/host/journal.ts';
import { cycleDirectory, type HostPaths } from '../../../src/host/paths.ts';
import { APT_COMMANDS } from '../../../src/packages/apt/commands.ts';
import type { PackageManager } from '../../../src/packages/port.ts';
import { temporaryPaths } from '../../host/support/temporary.ts';

export const CYCLE = '20261124t184300z-1a2b3c4d';

/** What a step is told. */
export function stepInput(policy: Record<string, unknown> = {}, cycle: string = CYCLE): StepInput {
  return {
    cycle,
    host: 'web-1',
    policy: NamedPolicy.parse({ name: 'ordinary', ...policy }),
    workflow: { namespace: 'default', workflowId: 'patch/web-1', runId: 'a-run' },
  };
}

/**
 * A step's surroundings: a real journal and real commands in a fresh directory. Package tools are
 * what the test says; asking for anything else of them throws.
 */
export async function stepContext(
  packages: Partial<PackageManager> = {},
  {
    paths,
    cycle = CYCLE,
    unattended = false,
    allowedSigners,
  }: { paths?: HostPaths; cycle?: string; unattended?: boolean; allowedSigners?: string } = {},
): Promise<StepContext> {
  const own = paths ?? (await temporaryPaths());
  await mkdir(own.stateDirectory, { recursive: true, mode: 0o700 });
  const journal = await openJournal(cycleDirectory(own, cycle));
  const tools = {
    run: createRunCommand({ cycleDirectory: journal.directory, step: 'test' }),
    runJob: () => Promise.reject(new Error('No package job was expected')),
    progress: () => {},
  };
  return {
    paths: own,
    config: {
      ...{ host: 'web-1', unattended, temporal: {} },
      ...(allowedSigners === undefined ? {} : { allowedSigners }),
    },
    tools,
    journal,
    packages: onlyThese(packages),
  };
}

function onlyThese(packages: Partial<PackageManager>): PackageManager {
  const known = { name: 'apt', commands: APT_COMMANDS, ...packages } as PackageManager;
  return new Proxy(known, {
    get(target, name) {
      if (name in target) return Reflect.get(target, name) as unknown;
      throw new Error(`The step was not expected to ask the package tools for ${String(name)}`);
    },
  });
}
