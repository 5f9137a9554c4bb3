import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import { createRepository } from '../repository.ts';
import { ensureBuilt } from '../build-product.ts';
import { prepareLab } from '../prepare.ts';
import { startSite, type Site } from '../site.ts';
import { castDebHosts } from './cast-deb.ts';
import { castRpmHost } from './cast-rpm.ts';
import type { Role } from './role.ts';
import type { Cleanups } from './cleanups.ts';

/** What the demonstration plays on. */
export type Stage = { site: Site; roles: Role[] };

export type StageOptions = {
  /** Where the central worker keeps the reports. */
  reportsDirectory: string;
  /** Gets what servers and workers say. */
  log: (line: string) => void;
  output: NodeJS.WriteStream;
  cleanups: Cleanups;
  stop: AbortSignal;
};

/** Prepares everything, with a list of what is being done. Throws what the step that failed threw. */
export async function setUpStage(options: StageOptions): Promise<Stage> {
  const made: { site?: Site; roles?: Role[] } = {};
  const { cleanups, stop } = options;
  const step = (title: string, work: (progress: (line: string) => void) => Promise<void>) => ({
    title,
    task: async (_: unknown, task: { output: string }) => {
      stop.throwIfAborted();
      await work(atMostEvery(PROGRESS_EVERY_MS, (line) => (task.output = line)));
    },
  });
  await listOf(options.output, [
    step('The lab: root file systems of the hosts', prepareLab),
    step('patchcycle itself', ensureBuilt),
    step('Temporal and a central worker', async () => {
      const { reportsDirectory, log } = options;
      const site = await startSite({ reportsDirectory, log });
      made.site = site;
      cleanups.add('the site', () => site.stop());
    }),
    step('Signed package repositories, one with a bad update', async () => {
      const deb = await createRepository();
      cleanups.add('the .deb repository', () => deb.close());
      const rpm = await createRepository({ format: 'rpm' });
      cleanups.add('the .rpm repository', () => rpm.close());
      made.roles = [...(await castDebHosts(deb)), await castRpmHost(rpm)];
    }),
    step('Four hosts with their agents', async (progress) => {
      const { site, roles = [] } = made;
      for (const { options: host } of roles) {
        stop.throwIfAborted();
        progress(`booting ${host.name}`);
        const starting = site?.startHost(host);
        // One that is just being started must be there before it can be removed.
        cleanups.add(`the start of ${host.name}`, () => Promise.allSettled([starting]));
        await starting;
      }
    }),
  ]).run();
  const { site, roles } = made;
  if (site === undefined || roles === undefined) throw new Error('The stage was not set up');
  return { site, roles };
}

/** A line a second is as much as anybody reads. */
const PROGRESS_EVERY_MS = 1_000;

function listOf(output: NodeJS.WriteStream, steps: ConstructorParameters<typeof Listr>[0]) {
  const logger = new ListrLogger({ processOutput: new ProcessOutput(output, output) });
  return new Listr(steps, {
    renderer: output.isTTY ? 'default' : 'simple',
    rendererOptions: { logger },
    // Ctrl-C is handled by the demonstration, which removes what was started.
    registerSignalListeners: false,
    exitOnError: true,
  });
}

function atMostEvery(intervalMs: number, say: (line: string) => void): (line: string) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (line) => {
    if (performance.now() - lastMs < intervalMs) return;
    lastMs = performance.now();
    say(line);
  };
}
