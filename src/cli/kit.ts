import { Command, InvalidArgumentError, Option } from 'commander';
import type { z } from 'zod';
import { connect, type PatchcycleClient } from '../client/index.ts';
import { EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { lookOf, type Look } from './paint.ts';

/**
 * What a command answers: the document of `--json`, and the same for people. A command that runs
 * on after its answer has written it itself; then there is no document and no text left.
 */
export type Answer = { exitCode: ExitCode; document: unknown; text: string };

/** What every command's action is handed. */
export type Context = {
  io: Io;
  json: boolean;
  /** How text on standard output looks. */
  look: Look;
  /** How text on standard error looks. */
  errLook: Look;
  /** Says something on the way, on standard error. */
  say: (line: string) => void;
  /** Connects to Temporal as the options and the environment say; closed when the command ends. */
  connect: () => Promise<PatchcycleClient>;
};

type Action = (context: Context, ...args: never[]) => Promise<Answer>;

/** Makes the commands of one run. */
export class Kit {
  readonly io: Io;
  answer: Answer | null = null;

  constructor(io: Io) {
    this.io = io;
  }

  /** A command with `--json`. */
  command(name: string, summary: string): Command {
    return this.#bare(name)
      .summary(summary)
      .description(summary)
      .option('--json', 'one JSON document on standard output, everything else on standard error')
      .addHelpText('afterAll', EXIT_CODES_HELP);
  }

  /** A command that talks to Temporal. */
  connected(name: string, summary: string): Command {
    return this.command(name, summary)
      .addOption(
        new Option('--profile <name>', "profile of Temporal's configuration file").helpGroup(
          CONNECTION,
        ),
      )
      .addOption(
        new Option('--address <host:port>', "Temporal's address (TEMPORAL_ADDRESS)").helpGroup(
          CONNECTION,
        ),
      )
      .addOption(
        new Option('--namespace <name>', 'namespace (TEMPORAL_NAMESPACE)').helpGroup(CONNECTION),
      );
  }

  /** A command that only groups others. */
  group(name: string, summary: string): Command {
    return this.#bare(name).summary(summary).description(summary).helpCommand(false);
  }

  /** Wraps an action: its answer is kept, its connections are closed in every ending. */
  action(action: Action): (...args: unknown[]) => Promise<void> {
    return async (...args) => {
      const command = args.at(-1) as Command;
      const options = command.optsWithGlobals<ConnectionOptions & { json?: boolean }>();
      const clients: PatchcycleClient[] = [];
      const context: Context = {
        io: this.io,
        json: options.json === true,
        look: lookOf(this.io.stdout, this.io.env),
        errLook: lookOf(this.io.stderr, this.io.env),
        say: (line) => void this.io.stderr.write(`${line}\n`),
        connect: async () => {
          const client = await connect(connectionOf(options));
          clients.push(client);
          return client;
        },
      };
      try {
        this.answer = await action(context, ...(args.slice(0, -1) as never[]));
      } finally {
        await Promise.all(clients.map((client) => client.close()));
      }
    };
  }

  #bare(name: string): Command {
    const { stdout, stderr, env } = this.io;
    return new Command(name).exitOverride().configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      // Failures are told once, by the program.
      outputError: () => undefined,
      getOutHasColors: () => lookOf(stdout, env).paint('red', 'x') !== 'x',
      getErrHasColors: () => false,
      getOutHelpWidth: () => Math.min(stdout.columns ?? 100, 120),
    });
  }
}

const CONNECTION = 'Connection:';

type ConnectionOptions = { profile?: string; address?: string; namespace?: string };

function connectionOf({ profile, address, namespace }: ConnectionOptions) {
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(address === undefined ? {} : { address }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Checks an argument by a schema; what does not fit is refused before anything happens. */
export function parser<T>(schema: z.ZodType<T, string>): (value: string) => T {
  return (value) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'not valid');
  };
}
