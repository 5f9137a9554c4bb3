import { release } from 'node:os';
import type { Announcement, Pending, Updates } from '../domain/announcement.ts';
import type { Change } from '../domain/plan.ts';
import { readOsRelease } from '../host/os-release.ts';
import { AGENT_VERSION } from '../host/version.ts';
import { canonicalJson } from '../planning/canonical.ts';
import { oldestCve } from '../planning/oldest-cve.ts';
import type { PackageManager } from '../packages/port.ts';
import { queryTools } from './query-tools.ts';
import type { AgentParts } from './step-context.ts';

export type Observe = (askPackages: boolean) => Promise<Announcement>;

/**
 * Makes the function that looks at the host for an announcement; it changes nothing, and refreshes
 * no lists. The package tools are asked only on demand, because during a cycle they are its own.
 * Changelogs are asked for again only when other updates are pending.
 */
export function hostObserver(parts: AgentParts, signal: AbortSignal): Observe {
  let asked: { about: string; oldestCve: Pending['oldestCve'] } | null = null;

  async function updatesOf(packages: PackageManager): Promise<Updates> {
    const observedAt = new Date().toISOString();
    try {
      const rebootPending = await packages.rebootRequired();
      return { observedAt, rebootPending, pending: await pendingOf(packages) };
    } catch (error) {
      signal.throwIfAborted();
      // Whatever it is, it is a finding of this host, and the host is announced all the same.
      const problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      const rebootPending = { answer: 'unknown', reason: 'it could not be asked' } as const;
      return { observedAt, rebootPending, pending: null, problem };
    }
  }

  async function pendingOf(packages: PackageManager): Promise<Pending> {
    const { changes } = await packages.plan('all');
    const security = changes.filter((change) => change.security);
    return {
      packages: changes.length,
      security: security.length,
      oldestCve: await cveOf(packages, security),
    };
  }

  async function cveOf(packages: PackageManager, changes: Change[]): Promise<Pending['oldestCve']> {
    const about = canonicalJson(changes.map(({ name, newVersion }) => [name, newVersion]));
    if (asked?.about !== about) {
      asked = { about, oldestCve: oldestCve(await packages.advisories(changes)) };
    }
    return asked.oldestCve;
  }

  return async (askPackages) => {
    const packages = await parts.choosePackages(queryTools('announce', signal));
    const { host, unattended, allowedSigners } = parts.config;
    return {
      host,
      agentVersion: AGENT_VERSION,
      os: (await readOsRelease()).name.slice(0, 200),
      kernel: release().slice(0, 200),
      manager: packages.name,
      unattended,
      signedApprovals: allowedSigners !== undefined,
      ...(askPackages ? { updates: await updatesOf(packages) } : {}),
    };
  };
}
