/** One of the two outputs, as far as the commands use it. */
export type Output = {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
};

/** Everything of the process that a command touches; tests hand in their own. */
export type Io = {
  /** The answer and nothing else. */
  stdout: Output;
  /** Everything that is said on the way: progress, warnings, failures. */
  stderr: Output;
  /** Whether a person can be asked. */
  canAsk: boolean;
  env: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  /** Aborted by Ctrl-C or SIGTERM. */
  stop: AbortSignal;
};
