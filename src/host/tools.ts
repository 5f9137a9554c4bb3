/**
 * What code that acts on a host is handed, instead of reaching for it: this file has the types
 * only, so that every folder can name them.
 */

/** A program and its arguments; never a line for a shell. */
export type Argv = readonly [string, ...string[]];

export type CommandResult = {
  argv: Argv;
  /** null when a signal ended the command, when it could not be started, or when it ran out of time. */
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  durationMs: number;
  timedOut: boolean;
  /** Whether output beyond `maxOutputBytes` was thrown away. */
  truncated: boolean;
};

export type CommandOptions = {
  /** Default 60 s: an ordinary query that takes longer hangs. */
  timeoutMs?: number;
  /** Default 16 MiB for each stream: the longest real listing, `dpkg -L` of everything, has 8. */
  maxOutputBytes?: number;
  /** Added to the clean environment (PATH, LC_ALL=C); nothing of the agent's own is inherited. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** What the command reads on its standard input, which is closed otherwise. */
  input?: string;
};

/**
 * Runs a command to its end. Resolves whatever the exit code is: the
 * caller judges it. Every run is written to the cycle's command log, secrets masked.
 */
export type RunCommand = (argv: Argv, options?: CommandOptions) => Promise<CommandResult>;

export type JobResult = {
  /** null when a signal ended the job or nobody knows, because it vanished with the host. */
  exitCode: number | null;
  signal: string | null;
  /** The job was started and is gone without having left an exit status: a power cut, a kill -9. */
  interrupted: boolean;
  /** The job ran into its deadline; what hung below the package tool was ended. */
  timedOut: boolean;
  durationMs: number;
  /** The ends of the outputs, 64 KiB each at most. */
  stdout: string;
  stderr: string;
  /** Lines of both outputs that the option `notable` asked for, wherever they stand. */
  notable?: string[];
};

export type JobOptions = {
  /** Longest run, counted from the job's start; what hangs below the package tool is ended then. */
  deadlineMs: number;
  /** Added to the clean environment, as for a command. */
  env?: Readonly<Record<string, string>>;
  /** What the end of a long output must not push out of the result. The line that stands for what was left out is always among it. */
  notable?: RegExp;
};

/**
 * Runs a package job outside the agent's process, under a name that is unique within the cycle,
 * and waits for it. Called again with the same name, also by a new agent after a crash, it waits
 * for the running job or answers the recorded result: a second one is never started.
 */
export type RunJob = (name: string, argv: Argv, options: JobOptions) => Promise<JobResult>;

export type HostTools = {
  run: RunCommand;
  runJob: RunJob;
  /** Says that the step is alive and what it is doing, in a few words. */
  progress(text: string): void;
};
