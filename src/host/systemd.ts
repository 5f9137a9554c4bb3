import { stat } from 'node:fs/promises';
import { commandFailure } from './command.ts';
import { orIfMissing } from './errno.ts';
import type { Argv, RunCommand } from './tools.ts';

/** Whether systemd is what runs this host; the test that sd_booted(3) makes. */
export async function hasSystemd(): Promise<boolean> {
  const entry = await orIfMissing(stat('/run/systemd/system'), null);
  return entry?.isDirectory() ?? false;
}

/** Prints a line for each failed unit; {@link parseUnitNames} reads it. */
export const LIST_FAILED_UNITS: Argv = [
  'systemctl',
  'list-units',
  '--state=failed',
  '--plain',
  '--no-legend',
  '--full',
  '--no-pager',
];

/**
 * Names of the units that have failed, sorted; none where there is no systemd.
 * Fails with `CommandFailed` where there is one that does not answer.
 */
export async function readFailedUnits(
  run: RunCommand,
  isBooted: () => Promise<boolean> = hasSystemd,
): Promise<string[]> {
  if (!(await isBooted())) return [];
  const result = await run(LIST_FAILED_UNITS);
  if (result.exitCode !== 0) {
    throw commandFailure(
      'CommandFailed',
      'systemd did not tell the failed units',
      result,
      'It is tried again. Look with `systemctl status` whether systemd answers on this host.',
    );
  }
  return parseUnitNames(result.stdout);
}

/** The first column of `systemctl list-units --plain --no-legend`. */
export function parseUnitNames(stdout: string): string[] {
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
    .filter((name) => name !== '')
    .toSorted();
}

/** `none` on bare metal, otherwise what systemd-detect-virt calls it; `unknown` without that program. */
export async function readVirtualization(run: RunCommand): Promise<string> {
  const { stdout } = await run(['systemd-detect-virt']);
  // It exits with 1 and prints "none" on bare metal.
  return stdout.trim() || 'unknown';
}
