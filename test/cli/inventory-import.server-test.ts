import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planRollout, readInventory, type Inventory } from '../../src/client/index.ts';
import { RolloutView } from '../../src/domain/rollout.ts';
import { ansible } from '../support/ansible.ts';
import { openCycleBench, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { endingsOf, startRollout, withFleet } from '../workflows/support/fleet.ts';
import { modelHost } from '../workflows/support/model-host.ts';
import { run } from './support/memory-io.ts';

let bench: CycleBench;
let directory: string;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-ansible-'));
});
afterAll(async () => {
  await bench.stop();
  await rm(directory, { recursive: true });
});

/** From ansible's guide "How to build your inventory": groups of groups, and ranges with a stride. */
const GUIDE = `ungrouped:
  hosts:
    mail.example.com:
webservers:
  hosts:
    foo.example.com:
    bar.example.com:
    www[01:05:2].example.com:
      http_port: 80
dbservers:
  hosts:
    one.example.com:
    two.example.com:
      ansible_host: 192.0.2.50
    db-[a:b].example.com:
  vars:
    ntp_server: ntp.example.com
east:
  hosts:
    foo.example.com:
    one.example.com:
west:
  hosts:
    bar.example.com:
prod:
  children:
    east:
test:
  children:
    west:
`;

/** From the same guide, "Adding ranges of hosts", with the groups of hosts as a group's children. */
const RANGES = `webservers:
  hosts:
    www[01:50].example.com:
databases:
  hosts:
    db-[a:f].example.com:
prod:
  children:
    webservers:
    databases:
`;

/** What the command makes of an inventory that ansible itself has read. */
async function importOf(inventory: string): Promise<{ file: string; stderr: string }> {
  const source = join(directory, 'hosts.yaml');
  await writeFile(source, inventory);
  await writeFile(
    join(directory, 'list.json'),
    await ansible('inventory', ['-i', source, '--list']),
  );
  const argv = ['inventory', 'import', 'ansible', 'list.json', '--label', 'ntp_server'];
  const ran = await run(argv, { workingDirectory: directory });
  expect(ran.exitCode).toBe(0);
  const file = join(directory, 'patchcycle.yaml');
  await writeFile(file, ran.stdout);
  return { file, stderr: ran.stderr };
}

/** Every host of the inventory is patched by one rollout, in the waves that its policy has. */
async function rollsOut(name: string, inventory: Inventory): Promise<void> {
  const names = Object.keys(inventory.hosts);
  const planned = planRollout(inventory, { hosts: names, requestedBy: 'tester' });
  const input = {
    ...planned,
    soak: '1s',
    // People approve in production; here nobody waits for them, nor for the logs.
    policies: planned.policies.map((policy) => ({
      ...policy,
      approval: { ...policy.approval, required: false },
      logs: { ...policy.logs, soak: '1s' },
    })),
  };
  const fleet = Object.fromEntries(names.map((host) => [host, modelHost()]));
  await withFleet(bench, fleet, async () => {
    const view = RolloutView.parse(await (await startRollout(bench, name, input)).result());
    expect(endingsOf(view)).toEqual(Object.fromEntries(names.map((host) => [host, 'patched'])));
    expect(Object.values(fleet).map(({ host }) => host.packages)).toEqual(names.map(() => 'new'));
  });
}

describe('patchcycle inventory import ansible', () => {
  it("carries over the example of ansible's guide, and says what it leaves", async () => {
    const { file, stderr } = await importOf(GUIDE);
    expect((await run(['inventory', 'check', file])).exitCode).toBe(0);
    const { hosts } = await readInventory(file);
    expect(Object.keys(hosts)).toHaveLength(10);
    expect(hosts['foo.example.com']?.groups).toEqual(['east', 'prod', 'webservers']);
    expect(hosts['www03.example.com']?.groups).toEqual(['webservers']);
    expect(hosts['db-b.example.com']?.labels).toEqual({ ntp_server: 'ntp.example.com' });
    expect(hosts['mail.example.com']?.groups).toEqual([]);
    expect(stderr).toMatch(/10 hosts imported/);
    expect(stderr).toMatch(/here the agents connect: ansible_host$/m);
    expect(stderr).toMatch(/--label NAME makes a label of one\): http_port$/m);
  });

  it("carries over the example of ansible's own YAML plugin, which then rolls out", async () => {
    const documented = JSON.parse(
      await ansible('doc', ['--type', 'inventory', 'ansible.builtin.yaml', '--json']),
    ) as Record<string, { examples: string }>;
    const example = documented['ansible.builtin.yaml']?.examples ?? '';
    expect(example).toMatch(/children:/);
    const { file } = await importOf(example);
    const inventory = await readInventory(file);
    const names = Object.keys(inventory.hosts);
    expect(names).toEqual(['test1', 'test2', 'test4', 'test5', 'test6']);
    await rollsOut('example', inventory);
  });

  it("carries over the guide's ranges of hosts, which then roll out", async () => {
    const { file } = await importOf(RANGES);
    const inventory = await readInventory(file);
    const names = Object.keys(inventory.hosts);
    expect(names).toHaveLength(56);
    expect(names).toEqual(
      expect.arrayContaining(['www01.example.com', 'www50.example.com', 'db-f.example.com']),
    );
    await rollsOut('ranges', inventory);
  });

  it('refuses what ansible-inventory did not print', async () => {
    await writeFile(join(directory, 'other.json'), '{"hosts": []}');
    for (const file of ['other.json', 'missing.json', '.']) {
      const argv = ['inventory', 'import', 'ansible', file];
      const { exitCode, stderr } = await run(argv, { workingDirectory: directory });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/Next: .*ansible-inventory --list/);
    }
  });
});
