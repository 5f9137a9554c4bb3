import { Listr, ListrLogger, ProcessOutput } from 'listr2';
import { createRepository, type LabRepository } from '../repository.ts';
import { ensureBuilt } from '../build-product.ts';
import { prepareLab } from '../prepare.ts';
import { startSite, type Site, type SiteHostOptions } from '../site.ts';
import type { Cleanups } from './cleanups.ts';

/** One of each family, signed. */
export type Repositories = { deb: LabRepository; rpm: LabRepository };

/** A host of what is played, with whatever the play has to know of it besides. */
type Cast = { options: SiteHostOptions };

/** What the demonstration plays on. */
export type Stage<C extends Cast> = { site: Site; repositories: Repositories; cast: C[] };

/** What any stage needs. */
export type StageSettings = {
  /** Where the central worker keeps the reports. */
  reportsDirectory: string;
  /** Gets what servers and workers say. */
  log: (line: string) => void;
  output: NodeJS.WriteStream;
  cleanups: Cleanups;
  stop: AbortSignal;
};

export type StageOptions<C extends Cast> = StageSettings & {
  /** Makes the hosts' options and fills the repositories. */
  castHosts: (repositories: Repositories) => Promise<C[]>;
  /** How many hosts there are, for the list of what is done. */
  hostsTitle: string;
};

/** Prepares everything, with a list of what is being done. Throws what the step that failed threw. */
export async function setUpStage<C extends Cast>(options: StageOptions<C>): Promise<Stage<C>> {
  const made: Partial<Stage<C>> = {};
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
      made.repositories = { deb, rpm };
      made.cast = await options.castHosts(made.repositories);
    }),
    step(options.hostsTitle, async (progress) => {
      const { site, cast = [] } = made;
      for (const { options: host } of cast) {
        stop.throwIfAborted();
        progress(`booting ${host.name}`);
        const starting = site?.startHost(host);
        // One that is just being started must be there before it can be removed.
        cleanups.add(`the start of ${host.name}`, () => Promise.allSettled([starting]));
        await starting;
      }
    }),
  ]).run();
  const { site, repositories, cast } = made;
  if (site === undefined || repositories === undefined || cast === undefined) {
    throw new Error('The stage was not set up');
  }
  return { site, repositories, cast };
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
