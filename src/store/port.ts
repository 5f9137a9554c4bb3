/** What is kept is one page or document of a report; the largest that was seen had 0.6 MB. */
export const STORED_FILE_MAX = 8 * 1024 * 1024;

/** One document cannot be read, whatever becomes of the store: the others can. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * Where reports are kept. Every method throws a StepFailure `ReportStoreFailed` when the store
 * cannot be reached or refuses, and may then be tried again.
 */
export type ReportStore = {
  /** The folder, or the address `s3://bucket/prefix`; for people. */
  readonly location: string;
  /** Whether there is one: a folder that nobody has made yet has no reports. */
  exists(): Promise<boolean>;
  /** Makes the folder where there is none, and finds out by doing it whether the store can be listed and written. */
  prepare(): Promise<void>;
  /** Keeps the whole content or nothing; again replaces what was kept. Answers where it is. */
  put(name: string, content: string): Promise<string>;
  /** Null when nothing of this name is kept. Throws Unreadable on what is too large to be a report. */
  get(name: string): Promise<string | null>;
  /** The names that begin and end so, in no order that could be relied on. */
  list(beginning: string, ending: string): AsyncIterable<string>;
};
