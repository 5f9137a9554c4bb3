/*
 * Runs one method of a package manager on a lab host and writes its answer as one line of JSON:
 *
 *   node in-host.ts REQUEST
 *
 * So the manager that is tested runs where it runs in production: as root on the host, with the
 * agent's own command runner and package jobs.
 */
import { mkdir, realpath } from 'node:fs/promises';
import { StepFailure } from '../../../src/domain/failure.ts';
import { CycleId } from '../../../src/domain/names.ts';
import { createRunCommand } from '../../../src/host/command.ts';
import { orIfMissing } from '../../../src/host/errno.ts';
import { createRunJob } from '../../../src/host/job.ts';
import { startAsUnit } from '../../../src/host/job-start.ts';
import type { HostTools } from '../../../src/host/tools.ts';
import { createApt } from '../../../src/packages/apt/index.ts';
import { findDialect } from '../../../src/packages/dnf/find-dialect.ts';
import { createDnf } from '../../../src/packages/dnf/index.ts';
import type { PackageManager } from '../../../src/packages/port.ts';
import type { Answer, Request, Settings } from './protocol.ts';

const MANAGERS: Readonly<
  Record<string, (tools: HostTools, settings: Settings) => Promise<PackageManager>>
> = {
  apt: async (tools, settings) => createApt(tools, settings),
  dnf: async (tools, settings) => {
    const dialect = await findDialect((path) => orIfMissing(realpath(path), null));
    if (dialect === null) throw new Error('the host has no dnf');
    return createDnf(tools, dialect, settings);
  },
};

async function answerTo(request: Request): Promise<Answer> {
  const make = MANAGERS[request.manager];
  if (make === undefined) throw new Error(`no manager is called ${request.manager}`);
  const manager = await make(await makeTools(request), request.settings);
  const remembered: string[][] = [];
  const args =
    request.method === 'suspendUpdaters'
      ? [async (names: string[]) => void remembered.push(names)]
      : request.args;
  const methods = manager as unknown as Record<string, (...all: unknown[]) => Promise<unknown>>;
  try {
    const value = await methods[request.method]?.(...args);
    return { value: value instanceof Map ? [...value] : value, remembered };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    const { type, message, details } = error;
    return { failure: { type, message, details } };
  }
}

async function makeTools({ cycle, cycleDirectory }: Request): Promise<HostTools> {
  await mkdir(cycleDirectory, { recursive: true, mode: 0o700 });
  const step = 'conformance';
  const run = createRunCommand({ cycleDirectory, step });
  const progress = (text: string): void => console.error(text);
  const supervisor = new URL('../../../src/host/job-supervisor.ts', import.meta.url).pathname;
  const start = startAsUnit(run, [process.execPath, supervisor]);
  const job = { cycleDirectory, cycle: CycleId.parse(cycle), step, start, progress };
  return { run, runJob: createRunJob(job), progress };
}

const answer = await answerTo(JSON.parse(process.argv[2] ?? '') as Request);
process.stdout.write(JSON.stringify(answer) + '\n');
