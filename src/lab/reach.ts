import type { Argv, CommandOptions, CommandResult } from '../host/tools.ts';
import { run, runOrThrow } from './run.ts';

/** What a program on a host finds in its environment; nothing of this machine's is handed in. */
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** Installing a handful of packages into a root that is not booted. */
const IN_ROOT_TIMEOUT_MS = 120_000;

/**
 * Runs a program on the host whose process number 1 is `leaderPid` on this machine. It sees the
 * host's files, processes, names and units; the network is shared. Its control group is this
 * machine's, so systemd on the host does not count it to any unit. When the time is over it is
 * ended by SIGKILL, what it started is not.
 */
export async function runInHost(
  leaderPid: number,
  argv: Argv,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { env, cwd, ...rest } = options;
  const result = await run(
    [
      'nsenter',
      `--target=${leaderPid}`,
      '--mount',
      '--pid',
      '--ipc',
      '--uts',
      ...(cwd === undefined ? [] : [`--wd=${cwd}`]),
      '--',
      'env',
      '--ignore-environment',
      ...environment(env ?? {}),
      'setpriv',
      '--pdeathsig',
      'KILL',
      '--',
      ...argv,
    ],
    rest,
  );
  return { ...result, argv };
}

/** Runs a program in the root of a host that is off; throws what it said when it does not succeed. */
export async function runInRoot(root: string, argv: Argv): Promise<string> {
  return runOrThrow(
    ['chroot', root, 'env', '--ignore-environment', '--', ...environment({}), ...argv],
    { timeoutMs: IN_ROOT_TIMEOUT_MS },
  );
}

function environment(more: Readonly<Record<string, string>>): string[] {
  return Object.entries({ ...ENVIRONMENT, ...more }).map(([key, value]) => `${key}=${value}`);
}
