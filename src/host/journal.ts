/**
 * What a cycle has written down on its host's disk, so that it survives the agent, the server and
 * a power cut. Entries are JSON documents named by letters, digits and hyphens in the cycle's
 * directory, written to a temporary file, synced and renamed.
 */
export type Journal = {
  /** The cycle's directory, 0700. */
  readonly directory: string;
  read(name: string): Promise<unknown>;
  write(name: string, document: unknown): Promise<void>;
  /**
   * Runs the work and records its result, or answers the recorded result when the work was done
   * before: a step whose result was lost on the way to the server is not applied a second time.
   */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
};
