/** One line of a log, wherever it was read. */
export type LogLine = {
  /** When it was logged, in milliseconds since 1970; null where the line does not say. */
  atMs: number | null;
  /** The program that wrote it, as syslog calls it: `sshd`, `kernel`. Empty where it is not known. */
  program: string;
  message: string;
  /** Where it was read, as the middle of a sentence: `the journal of nginx.service`. */
  source: string;
  /**
   * The urgency by syslog's numbers, 0 emergency to 7 debug. null where nobody stated one: a text
   * log does not carry it, and a service that prints to its standard output has none.
   */
  priority: number | null;
  /** Whether it tells about a person or peer that logs in: its urgency is about them, not the host. */
  aboutLogin: boolean;
};
