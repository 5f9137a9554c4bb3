import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StepFailure } from '../domain/failure.ts';
import { errnoOf, orIfMissing } from './errno.ts';

const GROUP_OR_WORLD_ANY = 0o077;
const GROUP_OR_WORLD_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * Opens a directory of state: creates what is missing of it with mode 0700, and refuses one that
 * anybody else could have prepared or could look into. Answers the path.
 *
 * Refused with `HostRefuses`: a symbolic link or anything else than a directory in any component,
 * an owner other than the agent's user (above it: or root), any access for group or world on the
 * directory itself, and write access for them on what is above, unless it is sticky as /tmp is.
 */
export async function openStateDirectory(path: string): Promise<string> {
  const absolute = resolve(path);
  for (const component of componentsOf(absolute)) await openComponent(component, absolute);
  return absolute;
}

function componentsOf(absolute: string): string[] {
  const parent = dirname(absolute);
  return parent === absolute ? [absolute] : [...componentsOf(parent), absolute];
}

async function openComponent(component: string, whole: string): Promise<void> {
  const entry = (await orIfMissing(lstat(component), null)) ?? (await create(component));
  const own = process.getuid?.() ?? 0;
  const isState = component === whole;
  if (entry.isSymbolicLink()) throw refusal(component, 'is a symbolic link');
  if (!entry.isDirectory()) throw refusal(component, 'is not a directory');
  if (entry.uid !== own && (isState || entry.uid !== 0)) {
    throw refusal(component, `belongs to the user with the number ${entry.uid}`);
  }
  if (isState && (entry.mode & GROUP_OR_WORLD_ANY) !== 0) {
    throw refusal(
      component,
      `has the mode ${octal(entry.mode)}, so others than its owner have access`,
    );
  }
  if (!isState && (entry.mode & GROUP_OR_WORLD_WRITE) !== 0 && (entry.mode & STICKY) === 0) {
    throw refusal(
      component,
      `has the mode ${octal(entry.mode)}, so others can put things into its place`,
    );
  }
}

/** Two callers may create it at once; what lies there afterwards is judged either way. */
async function create(component: string): Promise<Stats> {
  try {
    await mkdir(component, 0o700);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  return lstat(component);
}

function octal(mode: number): string {
  return `0${(mode & 0o7777).toString(8)}`;
}

function refusal(component: string, what: string): StepFailure {
  return new StepFailure(
    'HostRefuses',
    `patchcycle does not keep its state below ${component}: it ${what}.`,
    {
      remedy: `Look who made it (ls -ld ${component}), move it away or correct it (chown root, chmod 0700 for patchcycle's own directory), and start the agent again.`,
    },
  );
}
