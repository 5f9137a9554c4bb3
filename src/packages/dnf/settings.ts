/** Bounds of the package tools' work. Tests wait less. */
export type DnfSettings = {
  /** How long a lock of somebody else is waited for; dnf's own timers take some minutes. */
  lockWaitMs: number;
  /** How long other updaters may go on working after they were told to stop. */
  updatersWaitMs: number;
  /** Where it is kept how new the lists of each repository have been. */
  listTimesFile: string;
};

export const DNF_SETTINGS: DnfSettings = {
  lockWaitMs: 600_000,
  updatersWaitMs: 600_000,
  listTimesFile: '/var/lib/patchcycle/list-times.json',
};
