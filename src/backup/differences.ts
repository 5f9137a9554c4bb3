import { toText } from './byte-path.ts';
import type { Entry } from './entry.ts';

/** One path that is not as it was. `then` null: it was not there; `now` null: it is not there any more. */
export type Difference = {
  path: Entry['path'];
  then: Entry | null;
  now: Entry | null;
  why: string;
};

/** All that is different about a file that was written again as it was. */
export const WRITTEN_AGAIN = 'was modified at another time';

const TYPE_NAMES: Record<Entry['type'], string> = {
  file: 'a file',
  'hard-link': 'one more name of another file',
  directory: 'a directory',
  symlink: 'a symbolic link',
  fifo: 'a named pipe',
  'character-device': 'a character device',
  'block-device': 'a block device',
  absent: 'nothing',
};

/** What is different, in half a sentence; null when both are the same. */
export function describeDifference(then: Entry, now: Entry): string | null {
  if (then.type !== now.type) {
    return `was ${TYPE_NAMES[then.type]} and is ${TYPE_NAMES[now.type]} now`;
  }
  const told = [
    differ('has another content', then.sha256, now.sha256),
    differ('has another size', then.sizeBytes, now.sizeBytes),
    differ('points elsewhere', then.target, now.target),
    then.mode === now.mode
      ? null
      : `has the mode ${octal(now.mode)} instead of ${octal(then.mode)}`,
    then.uid === now.uid ? null : `belongs to user ${now.uid} instead of ${then.uid}`,
    then.gid === now.gid ? null : `belongs to group ${now.gid} instead of ${then.gid}`,
    differ('is another device', deviceOf(then), deviceOf(now)),
    differ('has other attributes', attributesOf(then), attributesOf(now)),
    then.type === 'directory' ? null : differ(WRITTEN_AGAIN, then.mtimeNs, now.mtimeNs),
  ].filter((what) => what !== null);
  return told.length === 0 ? null : told.join(', ');
}

/** A difference as a sentence for people. */
export function sentence({ path, why }: Difference): string {
  return `${toText(path)} ${why}.`;
}

function differ(what: string, then: unknown, now: unknown): string | null {
  return then === now ? null : what;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function deviceOf({ device }: Entry): string {
  return device === undefined ? '' : `${device.major}:${device.minor}`;
}

function attributesOf({ attributes }: Entry): string {
  return JSON.stringify(Object.entries(attributes ?? {}).sort());
}
