import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { BadRequest, webUiFor } from '../../client/index.ts';
import { SEARCH_ATTRIBUTES } from '../../temporal/names.ts';
import type { EmbeddedServer, EmbeddedServerOptions } from '../../temporal/server/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';

const Port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port is a number')
  .transform(Number)
  .refine((port) => port >= 1 && port <= 65_535, 'a port lies between 1 and 65535');

const Ip = z.ipv4('an address on which to listen reads 0.0.0.0 or 192.0.2.10');

type Options = { ip?: string; port: number; uiPort: number; ui: boolean; database?: string };

export function serverCommand(kit: Kit): Command {
  return kit
    .command('server', "run Temporal's development server with a durable file, until Ctrl-C")
    .option(
      '--ip <address>',
      'where it listens, 0.0.0.0 for everywhere; default loopback only',
      parser(Ip),
    )
    .option('--port <number>', 'the port on which it listens', parser(Port), 7233)
    .option('--ui-port <number>', 'where its Web UI is, on loopback only', parser(Port), 8233)
    .option('--no-ui', 'without the Web UI')
    .option(
      '--database <file>',
      'the SQLite file that makes it durable; default in your state directory',
    )
    .addHelpText(
      'after',
      `
It lets in everybody who reaches it, so it is for trying out, on loopback or in a network that you
trust. For a fleet use Temporal Cloud or a cluster: docker-compose.yml shows a small one.

Examples:
  patchcycle server
  patchcycle server --ip 0.0.0.0
  patchcycle server --port 7300 --ui-port 8300 --database ./temporal.db`,
    )
    .action(kit.action(server));
}

async function server(context: Context, options: Options): Promise<Answer> {
  const { io, json, say } = context;
  const databaseFile = await databaseOf(io, options.database);
  const running = await start({
    databaseFile,
    ...(options.ip === undefined ? {} : { ip: options.ip }),
    port: options.port,
    uiPort: options.ui ? options.uiPort : null,
    searchAttributes: SEARCH_ATTRIBUTES,
    log: say,
  });
  try {
    const { address, uiUrl } = running;
    if (json) io.stdout.write(`${JSON.stringify({ address, uiUrl, databaseFile }, null, 2)}\n`);
    else io.stdout.write(`${readyText(running, databaseFile)}\n`);
    const stopped = new Promise((done) => io.stop.addEventListener('abort', done, { once: true }));
    await Promise.race([stopped, running.ended]);
    if (io.stop.aborted) return { exitCode: EXIT.good, document: undefined, text: '' };
    throw new BadRequest(
      `Temporal's server at ${address} ended by itself.`,
      `Read what it said above, then start it again; everything is kept in ${databaseFile}.`,
    );
  } finally {
    await running.stop();
  }
}

async function start(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const { startEmbeddedServer } = await import('../../temporal/server/index.ts');
  try {
    return await startEmbeddedServer(options);
  } catch (error) {
    throw new BadRequest(
      error instanceof Error ? error.message : String(error),
      'If a port is taken, choose others with --port and --ui-port; if the database is, stop the other server or name another file with --database.',
      { cause: error },
    );
  }
}

/** The XDG state directory, or the file that was named. */
async function databaseOf(io: Io, named: string | undefined): Promise<string> {
  if (named !== undefined) {
    const file = resolve(io.workingDirectory, named);
    if (existsSync(dirname(file))) return file;
    // A typing error would otherwise begin a new, empty server.
    throw new BadRequest(
      `The database file cannot be made: the directory ${dirname(file)} does not exist.`,
      'Make the directory, or name another file.',
    );
  }
  const state = io.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  const directory = join(state, 'patchcycle');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return join(directory, 'temporal.db');
}

function readyText({ address, uiUrl }: EmbeddedServer, databaseFile: string): string {
  return [
    `Temporal   ${address}, namespace default`,
    `Web UI     ${uiUrl ?? 'none'}`,
    `Database   ${databaseFile}`,
    '',
    ...(uiUrl === null || uiUrl === webUiFor(address)
      ? []
      : [`For links that work:  export PATCHCYCLE_UI_URL=${uiUrl}`]),
    `Next, in another terminal:  patchcycle worker --address ${address}`,
    'Ctrl-C stops it; everything is kept in the database.',
  ].join('\n');
}
