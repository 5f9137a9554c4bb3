import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../cli/exit-codes.ts';
import { failureText, Interrupted, tellFailure, type ToldFailure } from '../../cli/failure.ts';
import { PatchcycleError } from '../../client/index.ts';
import type { Context } from '../../cli/kit.ts';
import { lookOf } from '../../cli/paint.ts';
import { DEMO_HELP, parseDemoArguments, type DemoArguments } from './arguments.ts';
import { Cleanups } from './cleanups.ts';
import { performFleet } from './fleet/perform.ts';
import { keepPlaying } from './keep.ts';
import { performHosts } from './perform-hosts.ts';
import type { Performed } from './performance.ts';

/**
 * The demonstration: `npm run demo [-- --fleet] [-- --yes] [-- --keep]`. Whatever happens, everything that it
 * started is stopped and removed before it ends.
 */

/** What is played takes five minutes at most, the first set-up three; beyond this something hangs. */
const PLAY_MAX_MS = 15 * 60_000;
/** In the folder where it is called. */
const DIRECTORY = 'patchcycle-demo';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) return context.say('Still removing everything; please wait.');
    stop.abort(
      new Interrupted(`The demonstration was stopped by ${signal}.`, 'Run it again at any time.'),
    );
  });
}

const context: Context = {
  io: {
    stdout: process.stdout,
    stderr: process.stderr,
    canAsk: process.stdin.isTTY === true && process.stderr.isTTY === true,
    env: process.env,
    workingDirectory: process.cwd(),
    stop: stop.signal,
  },
  json: false,
  look: lookOf(process.stdout, process.env),
  errLook: lookOf(process.stderr, process.env),
  say: (line) => void process.stderr.write(`${line}\n`),
  connect: () => Promise.reject(new Error('The demonstration has a connection of its own')),
};

async function main(): Promise<ExitCode> {
  const wanted = readArguments();
  if (wanted === null) return EXIT.wrongUse;
  if (wanted.help) {
    process.stdout.write(`${DEMO_HELP}\n`);
    return EXIT.good;
  }
  const cleanups = new Cleanups();
  const timer = setTimeout(() => {
    stop.abort(new Error(`It took longer than ${PLAY_MAX_MS / 60_000} minutes and was stopped.`));
  }, PLAY_MAX_MS);
  try {
    return await Promise.race([perform(wanted, cleanups, timer), whenStopped(stop.signal)]);
  } catch (error) {
    // With --keep Ctrl-C is the ordinary end.
    if (played !== null && error instanceof Interrupted) return played;
    const failure = failureOf(error);
    context.say(failureText(failure, context.errLook));
    if (wanted.json) print({ ok: false, hosts: [], error: failure.message });
    return failure.exitCode;
  } finally {
    clearTimeout(timer);
    context.say('Removing everything that was started ...');
    const failures = await cleanups.run(context.say);
    if (failures.length === 0) context.say('Nothing of it is left.');
    else process.exitCode = EXIT.wrongUse;
  }
}

/** How the hosts ended, once they have; until then a stop is a failure. */
let played: ExitCode | null = null;

async function perform(
  wanted: DemoArguments,
  cleanups: Cleanups,
  timer: NodeJS.Timeout,
): Promise<ExitCode> {
  const directory = await emptyDirectory();
  const log = createWriteStream(join(directory, 'demo.log'), { mode: 0o600 });
  cleanups.add('the log', () => new Promise<void>((done) => log.end(done)));
  const settings = {
    reportsDirectory: directory,
    log: (line: string) => void log.write(`${line}\n`),
    output: process.stderr,
    cleanups,
    stop: stop.signal,
  };
  const performance = wanted.fleet ? performFleet : performHosts;
  const performed = await performance({
    context: { ...context, json: wanted.json },
    directory,
    settings,
    approve: wanted.yes,
    stop: stop.signal,
  });
  tell(performed, wanted.json);
  played = performed.ok ? EXIT.good : EXIT.notSucceeded;
  if (wanted.keep) {
    clearTimeout(timer);
    const { site, toTry } = performed;
    await keepPlaying(site, { commands: toTry, reports: directory }, context, stop.signal);
  }
  return played;
}

function tell({ text, document }: Performed, json: boolean): void {
  const { look, errLook, say } = context;
  if (!json) return void process.stdout.write(`\n${text(look)}\n\n`);
  say(`\n${text(errLook)}\n`);
  print(document);
}

function failureOf(error: unknown): ToldFailure {
  const told = tellFailure(error);
  if (error instanceof PatchcycleError) return told;
  const log = join(resolve(DIRECTORY), 'demo.log');
  return { ...told, remedy: `What servers and workers said is in ${log}` };
}

function print(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** The folder of the reports, without those of an earlier demonstration. */
async function emptyDirectory(): Promise<string> {
  const directory = resolve(DIRECTORY);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (/^(?:web|db|shop|rpm)-\d-\d{8}t\d{6}z-[0-9a-f]{8}\.(?:html|md|json)$/.test(name)) {
      await rm(join(directory, name));
    }
  }
  return directory;
}

function whenStopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const tell = () => reject(signal.reason as Error);
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  });
}

/** The arguments, or null when they are wrong and that was said. */
function readArguments(): DemoArguments | null {
  try {
    return parseDemoArguments(process.argv.slice(2));
  } catch (error) {
    context.say(failureText(tellFailure(error), context.errLook));
    return null;
  }
}

const exitCode = await main();
// Whatever still waits for something that was removed does not keep the process alive.
process.exit(process.exitCode ?? exitCode);
