import type { BytePath } from './byte-path.ts';

export type EntryType =
  | 'file'
  /** One more name of an entry that comes earlier in the list. */
  | 'hard-link'
  | 'directory'
  | 'symlink'
  | 'fifo'
  | 'character-device'
  | 'block-device'
  /** Nothing is there; what appears there later belongs to the change. */
  | 'absent';

/** One path of a backup, with everything that a restore puts back. */
export type Entry = {
  path: BytePath;
  type: EntryType;
  /** Permission bits with setuid, setgid and sticky. */
  mode: number;
  uid: number;
  gid: number;
  /**
   * Nanoseconds since 1970, decimal. Put back for everything, compared for everything but
   * directories: a directory's changes whenever a service that runs writes and deletes in it.
   */
  mtimeNs: string;
  /** Length of a file's content, holes counted in; 0 for all else. */
  sizeBytes: number;
  /** Of a file's content. */
  sha256?: string;
  /** What a symbolic link says, byte by byte, or the path of which a hard link is one more name. */
  target?: string;
  device?: { major: number; minor: number };
  /**
   * Extended attributes, capabilities, access control lists and security labels, by tar's names
   * of them (`SCHILY.xattr.security.capability`), values in base64.
   */
  attributes?: Record<string, string>;
  /**
   * Of a directory that is covered itself, but not with all that is in it: how many of the names
   * in it the backup does not cover. Such a directory is never put into another thing's place.
   */
  others?: number;
};

export function absent(path: BytePath): Entry {
  return { path, type: 'absent', mode: 0, uid: 0, gid: 0, mtimeNs: '0', sizeBytes: 0 };
}
