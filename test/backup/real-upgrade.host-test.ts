import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLabHost, type LabHost } from '../../src/lab/host.ts';
import { prepareLab } from '../../src/lab/prepare.ts';
import { LabCycle, PROJECT_DIRECTORY } from './support/lab-cycle.ts';
import { differences, snapshotTree, type TreeSnapshot } from './support/whole-tree.ts';

/** Places that may differ after a restore, each with its reason; everything else is as it was. */
const MAY_DIFFER: readonly [RegExp, string][] = [
  [/^\/var\/log\//, 'logs tell what happened, the restore too'],
  [/^\/var\/lib\/patchcycle(?:\/|$)/, 'the journal and the backup are of this tool'],
  [/^\/var\/cache\/patchcycle(?:\/|$)/, 'the archives are of this tool'],
  [/^\/var\/cache\/apt\/(?:src)?pkgcache\.bin:/, 'apt makes them anew when its lists differ'],
  [/^\/var\/cache\/ldconfig\/aux-cache:/, 'ldconfig keeps the inodes of libraries there'],
  [/^\/var\/tmp\/systemd-private-/, 'systemd makes one for each service that it starts'],
];

let host: LabHost;
let cycle: LabCycle;
let before: TreeSnapshot;
let counts = { restored: 0, deleted: 0 };
beforeAll(async () => {
  await prepareLab(() => undefined);
  host = await startLabHost({ name: 'web-1', agentDirectory: PROJECT_DIRECTORY });
  cycle = new LabCycle(host, { health: { services: ['nginx'] } });
  await cycle.prepare();
  await host.runOrThrow(['mkdir', '/srv/shop']);
  await host.writeFile('/srv/shop/orders', 'before\n');
  before = snapshotTree(host.root);
});
afterAll(async () => host?.destroy());

function unexplained(now: TreeSnapshot): string[] {
  return differences(before, now).filter(
    (difference) => !MAY_DIFFER.some(([pattern]) => pattern.test(difference)),
  );
}

describe('All pending updates of a real host, installed and then restored', () => {
  it('really change the host', async () => {
    expect(cycle.plan?.changeCount).toBeGreaterThan(10);
    const { installed } = await cycle.upgrade();
    expect(installed).toBe(cycle.plan?.changeCount);
    expect(unexplained(snapshotTree(host.root)).length).toBeGreaterThan(200);
    await expect(cycle.prove()).rejects.toMatchObject({ type: 'RestoreIncomplete' });
    await host.writeFile('/srv/shop/orders', 'written by a user since\n');
  });

  it('leave no difference over the whole tree, and the services as they were', async () => {
    const summary = await cycle.restore();
    expect(summary?.restored).toBeGreaterThan(100);
    expect(summary?.deleted).toBeGreaterThan(0);
    counts = { restored: summary?.restored ?? 0, deleted: summary?.deleted ?? 0 };
    console.log(summary);
    const proof = await cycle.prove();
    expect(proof).toMatchObject({ exact: true, differences: [] });
    expect(proof.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(unexplained(snapshotTree(host.root))).toEqual(['/srv/shop/orders: content, modified']);
    expect(await host.readFile('/srv/shop/orders')).toBe('written by a user since\n');
  });

  it('leave nothing to do for a second restore, which tells the same', async () => {
    const program = () => host.runOrThrow(['stat', '-c', '%i %Z', '/usr/sbin/nginx']);
    const file = await program();
    expect(await cycle.restore()).toMatchObject(counts);
    expect(await program()).toBe(file);
    expect(unexplained(snapshotTree(host.root))).toEqual(['/srv/shop/orders: content, modified']);
  });

  it('can be planned again just as before', async () => {
    const again = new LabCycle(host);
    await again.prepare();
    expect(again.plan?.digest).toBe(cycle.plan?.digest);
  });

  it('are gone after a reboot too', async () => {
    const boots = host.bootCount;
    await host.run(['systemctl', 'reboot']);
    expect(await host.waitForReboot(boots)).toBe('running');
    expect(await cycle.prove()).toMatchObject({ exact: true, differences: [] });
  });
});

describe('A restore of all pending updates', () => {
  it('comes to the same end after power cuts in its middle', async () => {
    const again = new LabCycle(host);
    await again.prepare();
    before = snapshotTree(host.root);
    await again.upgrade();
    for (const delayMs of [700, 1_500]) {
      const argv = again.argv('restore', { archiveSha256: again.backup?.archiveSha256 });
      await host.runOrThrow(['systemd-run', '--unit=restoring', '--', ...argv]);
      await sleep(delayMs);
      await host.powerCut();
      await host.start();
    }
    await again.restore();
    expect(await again.prove()).toMatchObject({ exact: true, differences: [] });
    expect(unexplained(snapshotTree(host.root))).toEqual([]);
  });
});
