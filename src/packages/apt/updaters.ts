import type { Updaters } from '../shared/updaters.ts';
import { findDpkgLockHolder } from './locks.ts';

/** The units by which Debian and Ubuntu change packages on their own. */
export const APT_UPDATERS: Updaters = {
  waiting: ['apt-daily.timer', 'apt-daily-upgrade.timer', 'unattended-upgrades.service'],
  workers: ['apt-daily.service', 'apt-daily-upgrade.service'],
  daemons: ['packagekit.service'],
  findLockHolder: findDpkgLockHolder,
};
