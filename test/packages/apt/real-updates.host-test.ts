import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromText } from '../../../src/backup/byte-path.ts';
import { membership, resolveScope } from '../../../src/backup/scope.ts';
import { treeRoot } from '../../../src/backup/tree-root.ts';
import type { Change } from '../../../src/domain/plan.ts';
import { startLabHost, type LabHost } from '../../../src/lab/host.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { installInput } from '../conformance/lab.ts';
import { labManager, PROJECT_DIRECTORY, type LabManager } from '../conformance/lab-manager.ts';
import { differences, snapshotTree } from '../conformance/tree-snapshot.ts';

let host: LabHost;
let manager: LabManager;
beforeAll(async () => {
  await prepareLab(() => undefined);
  host = await startLabHost({ name: 'real-1', agentDirectory: PROJECT_DIRECTORY });
  manager = labManager(host, 'apt');
  await manager.refresh();
});
afterAll(async () => {
  await host?.destroy();
});

const DIRECTORY = '/var/cache/patchcycle/real';

/** Places that differ after an installation and that no backup has to cover, each with its reason. */
const NOT_COVERED: readonly [RegExp, string][] = [
  [/^\/var\/cache\/patchcycle\//, 'archives and the installation record are of this tool'],
  [/^\/var\/lib\/patchcycle\//, 'the job records are of this tool'],
  [/^\/var\/log\//, 'logs tell what happened, also what was put back afterwards'],
  [
    /^\/var\/cache\/apt\/(?:src)?pkgcache\.bin$/,
    'apt makes them anew when the lists or the state differ',
  ],
  [/^\/var\/cache\/ldconfig\/aux-cache$/, 'ldconfig compares it with the inodes of the libraries'],
];

let changes: readonly Change[] = [];

describe('The pending security updates of a real Debian host', () => {
  it('are all of a security origin, pinned, and have advisories from their own changelogs', async () => {
    const planned = await manager.plan('security');
    changes = planned.changes;
    expect(changes.length).toBeGreaterThan(5);
    expect(changes.filter(({ security }) => !security)).toEqual([]);
    expect(planned.removals).toEqual([]);
    const bytes = changes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(await manager.download(changes, DIRECTORY)).toEqual({
      archives: changes.length,
      downloadedBytes: bytes,
    });
    const advisories = await manager.advisories(changes, DIRECTORY);
    expect(advisories.map((advisory) => advisory.package)).toEqual(changes.map(({ name }) => name));
    expect(advisories.filter(({ cves }) => cves === 'unknown')).toEqual([]);
    expect(advisories.flatMap(({ cves }) => cves).length).toBeGreaterThan(0);
  });

  it('install with nothing changed that the footprint does not cover, and with all marks kept', async () => {
    const footprint = await manager.footprint(changes, [], DIRECTORY);
    const scope = await resolveScope(treeRoot(host.root), {
      footprint,
      policyPaths: [],
      excluded: [],
    });
    const inTrees = membership(scope.trees);
    const single = new Set<string>([...scope.paths, ...scope.absent]);
    const marks = () => host.runOrThrow(['apt-mark', 'showmanual']);
    const marksBefore = await marks();
    const before = snapshotTree(host.root);

    const result = await manager.install(installInput(changes, DIRECTORY));
    expect(result).toMatchObject({ installed: changes.length, healed: 0 });

    const changed = differences(before, snapshotTree(host.root));
    expect(changed.length).toBeGreaterThan(changes.length);
    const uncovered = changed.filter(
      (path) =>
        !single.has(path) &&
        !inTrees(fromText(path)) &&
        !NOT_COVERED.some(([pattern]) => pattern.test(path)),
    );
    expect(uncovered).toEqual([]);
    expect(await marks()).toBe(marksBefore);
  });

  it('leave a clean package database and nothing more to do', async () => {
    expect(await manager.audit(changes)).toEqual([]);
    const versions = await manager.installedVersions();
    for (const { name, architecture, newVersion } of changes) {
      expect(versions.get(`${name}:${architecture}`)).toBe(newVersion);
    }
    expect((await manager.plan('security')).changes).toEqual([]);
  });

  it('ask for a reboot while old code runs, and no more after it', async () => {
    const before = await manager.rebootRequired();
    expect(before.answer).toBe('yes');
    expect(before.reason).toContain('old code still runs in systemd (pid 1: ');
    await host.stop();
    await host.start();
    expect(await manager.rebootRequired()).toEqual({
      answer: 'no',
      reason: 'no package asks for it and everything that runs is what is installed',
    });
  });
});
