import type { HostTools } from '../../host/tools.ts';
import type { PackageManager } from '../port.ts';
import { waitForLocks } from '../shared/locks.ts';
import { resumeUpdaters, suspendUpdaters } from '../shared/updaters.ts';
import { settleAfterRestore } from '../shared/settle.ts';
import { advisories } from './advisories.ts';
import { audit } from './audit.ts';
import { restoreBootLoader } from './boot-loader.ts';
import { DNF_COMMANDS } from './commands.ts';
import type { Dialect } from './dialects/dialect.ts';
import { download } from './download.ts';
import { footprint } from './footprint.ts';
import { inspect } from './inspect.ts';
import { install } from './install.ts';
import { findRpmLockHolder } from './locks.ts';
import { plan } from './plan.ts';
import { rebootRequired } from './reboot.ts';
import { refresh } from './refresh.ts';
import { repair } from './repair.ts';
import { requireRoom } from './room.ts';
import { DNF_SETTINGS, type DnfSettings } from './settings.ts';
import { newestVersions, packageStates } from './states.ts';
import { DNF_UPDATERS } from './updaters.ts';

/** The package tools of the Red Hat family behind the port; the dialect is that of the dnf which is installed. */
export function createDnf(
  tools: HostTools,
  dialect: Dialect,
  settings: DnfSettings = DNF_SETTINGS,
): PackageManager {
  return {
    name: 'dnf',
    commands: DNF_COMMANDS,
    inspect: () => inspect(tools, dialect),
    repair: (input) => repair(tools, settings, input),
    refresh: () => refresh(tools, dialect, settings),
    plan: (scope, excluded) => plan(tools, dialect, scope, excluded),
    advisories: (changes) => advisories(tools, dialect, changes),
    download: (changes, directory, timeoutMs) =>
      download(tools, dialect, changes, directory, timeoutMs),
    footprint: (changes, removals, directory) => footprint(tools, changes, removals, directory),
    requireRoom: (changes, directory, more) =>
      requireRoom(tools, dialect, { changes, missing: [], directory, more }),
    install: (input) => install(tools, dialect, settings, input),
    audit: (changes) => audit(tools, changes),
    installedVersions: () => installedVersions(tools),
    versionsOnDisk: () => installedVersions(tools),
    waitUntilUnlocked: () =>
      waitForLocks(findRpmLockHolder, settings.lockWaitMs, (text) => tools.progress(text)),
    rebootRequired: () => rebootRequired(tools, dialect),
    suspendUpdaters: (remember) =>
      suspendUpdaters(tools, DNF_UPDATERS, settings.updatersWaitMs, remember),
    resumeUpdaters: (names) => resumeUpdaters(tools, DNF_UPDATERS, names),
    settleAfterRestore: () => settleAfterRestore(tools),
    restoreBootLoader: (changes) => restoreBootLoader(tools, changes),
  };
}

async function installedVersions(tools: HostTools): Promise<ReadonlyMap<string, string>> {
  return newestVersions(await packageStates(tools));
}
