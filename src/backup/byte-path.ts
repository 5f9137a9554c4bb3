/**
 * A path as the kernel has it: absolute, without `.`, `..` and a slash at its end, and one
 * character for each byte. Names on disk need not be UTF-8, and a name that was decoded and
 * replaced would be lost by a restore.
 */
export type BytePath = string & { readonly bytes: unique symbol };

export const TOP = asBytePath('/');

/** Takes one character for one byte, as Node's encoding `latin1` reads and writes names. */
export function asBytePath(latin1: string): BytePath {
  return latin1 as BytePath;
}

export function fromText(text: string): BytePath {
  return asBytePath(isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1'));
}

/** The path for people; bytes that are not UTF-8 become replacement characters. */
export function toText(path: string): string {
  return isAscii(path) ? path : toBuffer(path).toString('utf8');
}

/** The path as Node's file functions take it. A string where that says the same, because it is faster. */
export function toNode(path: string): string | Buffer {
  return isAscii(path) ? path : toBuffer(path);
}

export function toBuffer(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}

export function parentOf(path: BytePath): BytePath {
  const slash = path.lastIndexOf('/');
  return slash === 0 ? TOP : asBytePath(path.slice(0, slash));
}

export function nameOf(path: BytePath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function childOf(directory: BytePath, name: string): BytePath {
  return asBytePath(directory === TOP ? `/${name}` : `${directory}/${name}`);
}

/** Whether the path lies in the directory, or is it. */
export function isWithin(path: string, directory: string): boolean {
  return directory === TOP || path === directory || path.startsWith(`${directory}/`);
}

/** Parents come before what is in them; every list of a backup is in this order. */
export function comparePaths(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether it names one place below the top: what a manifest or an archive says is held to this. */
export function isCanonical(path: string): path is BytePath {
  if (path === TOP) return true;
  if (!path.startsWith('/') || path.includes('\0')) return false;
  return path
    .slice(1)
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..');
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}
