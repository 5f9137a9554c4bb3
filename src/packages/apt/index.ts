import type { HostTools } from '../../host/tools.ts';
import type { PackageManager } from '../port.ts';
import { advisories } from './advisories.ts';
import { audit } from './audit.ts';
import { restoreBootLoader } from './boot-loader.ts';
import { APT_COMMANDS } from './commands.ts';
import { download } from './download.ts';
import { footprint } from './footprint.ts';
import { inspect } from './inspect.ts';
import { install } from './install.ts';
import { waitForLocks } from '../shared/locks.ts';
import { findDpkgLockHolder } from './locks.ts';
import { plan } from './plan.ts';
import { rebootRequired } from './reboot.ts';
import { refresh } from './refresh.ts';
import { repair } from './repair.ts';
import { requireRoom } from './room.ts';
import { settleAfterRestore } from '../shared/settle.ts';
import { APT_SETTINGS, type AptSettings } from './settings.ts';
import { keyOf } from '../shared/key-of.ts';
import { hasFiles, isInstalled, packageStates, type PackageState } from './states.ts';
import { resumeUpdaters, suspendUpdaters } from '../shared/updaters.ts';
import { APT_UPDATERS } from './updaters.ts';

/** The package tools of Debian and Ubuntu behind the port. */
export function createApt(tools: HostTools, settings: AptSettings = APT_SETTINGS): PackageManager {
  return {
    name: 'apt',
    commands: APT_COMMANDS,
    inspect: () => inspect(tools),
    repair: (input) => repair(tools, settings, input),
    refresh: () => refresh(tools, settings),
    plan: (scope, excluded) => plan(tools, scope, excluded),
    advisories: (changes, directory) => advisories(tools, settings, changes, directory),
    download: (changes, directory, timeoutMs) => download(tools, changes, directory, timeoutMs),
    footprint: (changes, removals, directory) => footprint(tools, changes, removals, directory),
    requireRoom: (changes, directory, more) =>
      requireRoom(tools, { changes, missing: [], directory, more }),
    install: (input) => install(tools, settings, input),
    audit: (changes) => audit(tools, changes),
    installedVersions: () => installedVersions(tools),
    versionsOnDisk: () => versionsOnDisk(tools),
    waitUntilUnlocked: () =>
      waitForLocks(findDpkgLockHolder, settings.lockWaitMs, (text) => tools.progress(text)),
    rebootRequired: () => rebootRequired(tools),
    suspendUpdaters: (remember) =>
      suspendUpdaters(tools, APT_UPDATERS, settings.updatersWaitMs, remember),
    resumeUpdaters: (names) => resumeUpdaters(tools, APT_UPDATERS, names),
    settleAfterRestore: () => settleAfterRestore(tools),
    restoreBootLoader: (changes) => restoreBootLoader(tools, changes),
  };
}

async function installedVersions(tools: HostTools): Promise<ReadonlyMap<string, string>> {
  return versionsOf((await packageStates(tools)).filter(isInstalled));
}

async function versionsOnDisk(tools: HostTools): Promise<ReadonlyMap<string, string>> {
  return versionsOf((await packageStates(tools)).filter(hasFiles));
}

function versionsOf(states: readonly PackageState[]): ReadonlyMap<string, string> {
  return new Map(states.map((state) => [keyOf(state), state.version]));
}
