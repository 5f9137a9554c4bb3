/** Bounds of the package tools' work. Tests wait less. */
export type AptSettings = {
  /** How long a lock of somebody else is waited for; apt-daily's own runs take some minutes. */
  lockWaitMs: number;
  /** How long other updaters may go on working after they were told to stop. */
  updatersWaitMs: number;
  /** How long all changelogs together may take; where they can be had, one takes less than a second. */
  changelogsMs: number;
};

export const APT_SETTINGS: AptSettings = {
  lockWaitMs: 600_000,
  updatersWaitMs: 600_000,
  changelogsMs: 15_000,
};
