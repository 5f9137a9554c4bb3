/** What the command's exit code says; part of its contract with scripts. */
export const EXIT = {
  good: 0,
  wrongUse: 1,
  notSucceeded: 2,
  unreachable: 3,
  /** The shell's own number for Ctrl-C (128 + SIGINT). */
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0    good: patched, up to date, or the question was answered
  1    wrong use or input, or a decision that the cycle or the rollout refused
  2    the cycle, or a host of the rollout, did not succeed: restored, failed, rejected, expired,
       aborted, accepted as is
  3    Temporal cannot be reached (said within ten seconds)
  130  stopped by Ctrl-C; a cycle that was followed goes on`;
