import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../domain/failure.ts';
import { ShortName } from '../domain/names.ts';
import { commandFailure } from './command.ts';
import { orIfMissing } from './errno.ts';
import type { HostPaths } from './paths.ts';
import type { RunCommand } from './tools.ts';

const GROUP_OR_WORLD_WRITE = 0o022;
const ANY_EXECUTE = 0o111;

export type HookCall = {
  /** The name from the policy; a file of this name in hooks.d. */
  name: string;
  timeoutMs: number;
  /** What the hook is told, as environment variables. */
  env: Readonly<Record<string, string>>;
};

/**
 * Runs one of the host's own hooks to its end. A hook is named and never sent: only what root has
 * put into hooks.d can run. At its time limit it and everything that it has started is ended.
 * Fails with `HostRefuses` when the file is not one that only root can change, and with
 * `HookFailed` when it ends with another status than 0 or not in time.
 */
export async function runHook(run: RunCommand, paths: HostPaths, call: HookCall): Promise<void> {
  const path = await hookPath(paths, call.name);
  const result = await run([path], { timeoutMs: call.timeoutMs, env: call.env });
  if (result.exitCode === 0) return;
  const how = result.timedOut
    ? `did not end within ${call.timeoutMs / 1_000} seconds and was ended`
    : `ended with ${result.exitCode ?? result.signal ?? 'no status'}`;
  throw commandFailure(
    'HookFailed',
    `The hook ${path} ${how}.`,
    result,
    `Run it by hand on the host as root and mend what it reports: ${path}.`,
  );
}

async function hookPath(paths: HostPaths, name: string): Promise<string> {
  if (!ShortName.safeParse(name).success) throw refusal(name, 'its name is not one of a hook');
  const directory = join(paths.configDirectory, 'hooks.d');
  const path = join(directory, name);
  const folder = await orIfMissing(lstat(directory), null);
  const file = await orIfMissing(lstat(path), null);
  if (folder === null || file === null) throw refusal(path, 'it does not exist');
  const own = process.getuid?.() ?? 0;
  if (!folder.isDirectory()) throw refusal(directory, 'it is not a directory');
  if (!file.isFile()) throw refusal(path, 'it is not a regular file');
  for (const [entry, where] of [
    [folder, directory],
    [file, path],
  ] as const) {
    if (entry.uid !== own)
      throw refusal(where, `it belongs to the user with the number ${entry.uid}`);
    if ((entry.mode & GROUP_OR_WORLD_WRITE) !== 0) throw refusal(where, 'others can write it');
  }
  if ((file.mode & ANY_EXECUTE) === 0) throw refusal(path, 'it is not executable');
  return path;
}

function refusal(what: string, why: string): StepFailure {
  return new StepFailure('HostRefuses', `The hook ${what} was not run: ${why}.`, {
    remedy:
      'A hook is a regular file in /etc/patchcycle/hooks.d that belongs to root, is executable, and that only root can write: chown root:root and chmod 0755 it, or take it out of the policy.',
  });
}
