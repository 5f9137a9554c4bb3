import { describe, expect, it } from '@jest/globals';
import { StepFailure } from '../../src/domain/failure.ts';
import { Announcement } from '../../src/domain/announcement.ts';
import type { Change } from '../../src/domain/plan.ts';
import type { PackageManager } from '../../src/packages/port.ts';
import { hostObserver } from '../../src/worker/observe-host.ts';

const HOST = { host: 'web-1', unattended: true, temporal: {} };

/** A host on which no cycle ever ran. */
const NOTHING_YET = {
  configDirectory: '/nowhere',
  stateDirectory: '/nowhere',
  archiveDirectory: '/nowhere',
};

function change(name: string, newVersion: string, security: boolean): Change {
  return {
    ...{ name, architecture: 'amd64', oldVersion: '1.0', newVersion, security },
    ...{ archive: `${name}.deb`, sha256: 'a'.repeat(64), sizeBytes: 1, origin: 'Model' },
  };
}

/** Package tools that have these updates, and how often they were asked for what. */
function tools(
  plan: () => Change[],
  cves: string[] | 'unknown' = ['CVE-2026-0002', 'CVE-2025-9999'],
) {
  const asked = { plan: 0, advisories: 0 };
  const packages = {
    name: 'apt',
    rebootRequired: async () => ({ answer: 'no', reason: 'nothing asks for one' }),
    plan: async () => {
      asked.plan += 1;
      return { changes: plan() };
    },
    advisories: async (changes: Change[]) => {
      asked.advisories += 1;
      return changes.map(({ name }) => ({
        ...{ package: name, id: null, cves, source: 'model' },
        ...(cves === 'unknown' ? {} : { severity: 'high' }),
      }));
    },
  } as unknown as PackageManager;
  return { asked, packages };
}

function observer(packages: PackageManager, signal = new AbortController().signal) {
  return hostObserver(
    { config: HOST, paths: NOTHING_YET, supervisor: ['none'], choosePackages: () => packages },
    signal,
  );
}

describe('what an agent says of its host', () => {
  it('is what is pending, and the CVE among the security updates that was numbered first', async () => {
    const { packages } = tools(() => [change('a', '2.0', true), change('b', '2.0', false)]);
    const said = Announcement.parse(await observer(packages)(true));
    expect(said).toMatchObject({ host: 'web-1', manager: 'apt', unattended: true });
    expect(said.updates?.pending).toEqual({
      packages: 2,
      security: 1,
      oldestCve: 'CVE-2025-9999',
      severities: { high: 1 },
    });
    expect(said.backups).toBe(0);
  });

  it('leaves the package tools alone when it is told to', async () => {
    const { asked, packages } = tools(() => []);
    const said = await observer(packages)(false);
    expect(said).not.toHaveProperty('updates');
    expect(asked).toEqual({ plan: 0, advisories: 0 });
  });

  it('has no password in what it says of a repository that cannot be asked', async () => {
    const { packages } = tools(() => {
      throw new Error('https://reader:hunter2@repo.example.org/dists/stable is malformed');
    });
    const { updates } = Announcement.parse(await observer(packages)(true));
    expect(updates?.problem).toBe('https://***@repo.example.org/dists/stable is malformed');
  });

  it('asks for changelogs again only when other updates are pending', async () => {
    let version = '2.0';
    const { asked, packages } = tools(() => [change('a', version, true)]);
    const observe = observer(packages);
    await observe(true);
    await observe(true);
    expect(asked).toEqual({ plan: 2, advisories: 1 });
    version = '2.1';
    await observe(true);
    expect(asked).toEqual({ plan: 3, advisories: 2 });
  });

  it('is why it cannot be told, when the package tools fail', async () => {
    const { packages } = tools(() => {
      throw new StepFailure('DependencyProblem', 'nothing fits together', {
        remedy: 'Look at it.',
      });
    });
    const said = Announcement.parse(await observer(packages)(true));
    expect(said.updates).toMatchObject({ pending: null, problem: 'nothing fits together' });
  });

  it('is nothing any more when the agent stops meanwhile', async () => {
    const stop = new AbortController();
    const { packages } = tools(() => {
      stop.abort(new Error('the agent stops'));
      throw new Error('ended');
    });
    await expect(observer(packages, stop.signal)(true)).rejects.toThrow('the agent stops');
  });
});
