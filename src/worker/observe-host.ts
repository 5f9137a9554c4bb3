import { release } from 'node:os';
import type { Announcement, Pending, Updates } from '../domain/announcement.ts';
import type { Advisory, Change } from '../domain/plan.ts';
import { countBackups } from '../backup/retention.ts';
import { readBootIdentity } from '../host/boot-identity.ts';
import { maskSecrets } from '../host/mask.ts';
import { readOsRelease } from '../host/os-release.ts';
import { AGENT_VERSION } from '../host/version.ts';
import { canonicalJson } from '../planning/canonical.ts';
import { oldestCve } from '../planning/oldest-cve.ts';
import type { PackageManager } from '../packages/port.ts';
import { queryTools } from './query-tools.ts';
import type { AgentParts } from './step-context.ts';

const PROBLEM_LENGTH_MAX = 500;

/** What the advisories say of the security updates. */
type Known = Required<Pick<Pending, 'oldestCve' | 'severities'>>;

export type Observe = (askPackages: boolean) => Promise<Announcement>;

/**
 * Makes the function that looks at the host for an announcement; it changes nothing, and refreshes
 * no lists. The package tools are asked only on demand, because during a cycle they are its own.
 * Changelogs are asked for again only when other updates are pending.
 */
export function hostObserver(parts: AgentParts, signal: AbortSignal): Observe {
  let asked: ({ about: string } & Known) | null = null;

  async function updatesOf(packages: PackageManager): Promise<Updates> {
    const observedAt = new Date().toISOString();
    try {
      const rebootPending = await packages.rebootRequired();
      return { observedAt, rebootPending, pending: await pendingOf(packages) };
    } catch (error) {
      signal.throwIfAborted();
      // Whatever it is, it is a finding of this host, and the host is announced all the same.
      const said = error instanceof Error ? error.message : String(error);
      const problem = maskSecrets(said).slice(0, PROBLEM_LENGTH_MAX);
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
      ...(await knownOf(packages, security)),
    };
  }

  async function knownOf(packages: PackageManager, changes: Change[]): Promise<Known> {
    const about = canonicalJson(changes.map(({ name, newVersion }) => [name, newVersion]));
    if (asked?.about !== about) {
      const advisories = await packages.advisories(changes);
      asked = { about, oldestCve: oldestCve(advisories), severities: countSeverities(advisories) };
    }
    const { oldestCve: oldest, severities } = asked;
    return { oldestCve: oldest, severities };
  }

  return async (askPackages) => {
    const packages = await parts.choosePackages(queryTools('announce', signal));
    const { host, unattended, allowedSigners } = parts.config;
    const { bootId, initStartTicks } = await readBootIdentity();
    return {
      host,
      agentVersion: AGENT_VERSION,
      os: (await readOsRelease()).name.slice(0, 200),
      kernel: release().slice(0, 200),
      manager: packages.name,
      unattended,
      signedApprovals: allowedSigners !== undefined,
      backups: await countBackups(parts.paths),
      boot: `${bootId} ${initStartTicks}`,
      ...(askPackages ? { updates: await updatesOf(packages) } : {}),
    };
  };
}

function countSeverities(advisories: readonly Advisory[]): Known['severities'] {
  const counts: Known['severities'] = {};
  for (const { severity = 'unknown' } of advisories) counts[severity] = (counts[severity] ?? 0) + 1;
  return counts;
}
