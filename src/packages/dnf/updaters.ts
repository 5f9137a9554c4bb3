import type { Updaters } from '../shared/updaters.ts';
import { findRpmLockHolder } from './locks.ts';

/** The units by which hosts of the Red Hat family change packages, or their repositories' metadata, on their own. */
export const DNF_UPDATERS: Updaters = {
  waiting: [
    'dnf-automatic.timer',
    'dnf-automatic-download.timer',
    'dnf-automatic-install.timer',
    'dnf-automatic-notifyonly.timer',
    'dnf5-automatic.timer',
    'dnf-makecache.timer',
    'dnf5-makecache.timer',
  ],
  workers: [
    'dnf-automatic.service',
    'dnf-automatic-download.service',
    'dnf-automatic-install.service',
    'dnf-automatic-notifyonly.service',
    'dnf5-automatic.service',
    'dnf-makecache.service',
    'dnf5-makecache.service',
  ],
  daemons: ['packagekit.service', 'dnf5daemon-server.service'],
  findLockHolder: findRpmLockHolder,
};
