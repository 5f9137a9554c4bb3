import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createLabHost, startLabHost, type LabHost } from '../../src/lab/host.ts';
import { prepareLab } from '../../src/lab/prepare.ts';
import { groupsNamed, processesOf } from './traces.ts';

let host: LabHost;
beforeAll(async () => {
  await prepareLab(() => undefined);
  host = await startLabHost({
    name: 'web-1',
    files: { '/etc/patchcycle/agent.yaml': { content: 'a: 1\n', mode: 0o600 } },
  });
});
afterAll(async () => host?.destroy());

async function health(): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${host.httpPort}/health`, {
    headers: { connection: 'close' },
  });
  return `${response.status} ${await response.text()}`;
}

describe('A lab host', () => {
  it('boots its own systemd to "running" under its own name, with its files in place', async () => {
    expect(await host.waitForBoot()).toBe('running');
    expect(await host.runOrThrow(['hostname'])).toBe('web-1\n');
    expect(await host.runOrThrow(['stat', '-c', '%a %U', '/etc/patchcycle/agent.yaml'])).toBe(
      '600 root\n',
    );
    expect(await health()).toBe('200 ok\n');
  });

  it('has real security updates pending, from lists that pass every check', async () => {
    await host.runOrThrow([
      'apt-get',
      '-q',
      'update',
      '--error-on=any',
      '-o',
      'Acquire::Check-Valid-Until=true',
      '-o',
      'Acquire::Check-Date=true',
    ]);
    const simulation = await host.runOrThrow(['apt-get', '-s', '--with-new-pkgs', 'upgrade']);
    const security = simulation
      .split('\n')
      .filter((line) => /^Inst .*(Debian-Security:|Ubuntu:\S+-security)/.test(line));
    expect(security.length).toBeGreaterThan(5);
  });

  it('reboots by itself, with a new boot identity and the logs of the boot before', async () => {
    const before = await host.bootId();
    const boots = host.bootCount;
    await host.run(['systemctl', 'reboot']);
    expect(await host.waitForReboot(boots)).toBe('running');
    expect(host.bootCount).toBe(boots + 1);
    expect(await host.bootId()).toMatch(/^[0-9a-f-]{36}$/);
    expect(await host.bootId()).not.toBe(before);
    const bootList = await host.runOrThrow(['journalctl', '--list-boots', '--no-pager']);
    expect(bootList).toContain(before.replaceAll('-', ''));
  });

  it('loses its processes in a power cut, keeps its files and starts again', async () => {
    await host.runOrThrow(['systemd-run', '--unit=long-work', 'sleep', '1000']);
    await host.writeFile('/root/kept', 'kept\n');
    const before = await host.bootId();
    await host.powerCut();
    expect(host.isOn).toBe(false);
    await expect(host.run(['true'])).rejects.toThrow('lab host web-1 is off');
    await host.start();
    expect(await host.bootId()).not.toBe(before);
    expect(await host.readFile('/root/kept')).toBe('kept\n');
    expect((await host.run(['systemctl', 'is-active', 'long-work'])).stdout).toBe('inactive\n');
    expect(await health()).toBe('200 ok\n');
  });

  it('shuts down in order and starts again', async () => {
    await host.stop();
    expect(host.isOn).toBe(false);
    await expect(health()).rejects.toThrow('fetch failed');
    await host.start();
    expect(
      await host.runOrThrow(['journalctl', '--boot=-1', '--no-pager', '--lines=all']),
    ).toContain('Reached target poweroff.target');
  });

  it('stays away after a reboot when it is told to', async () => {
    host.stopReboots();
    await host.run(['systemctl', 'reboot']);
    await host.waitForOff();
    expect(host.isOn).toBe(false);
    host.followReboots();
    await host.start();
    expect(await health()).toBe('200 ok\n');
  });

  it('answers how a program ended, and ends one that takes too long', async () => {
    expect(await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3'])).toMatchObject({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      timedOut: false,
    });
    expect(await host.run(['sleep', '1000'], { timeoutMs: 200 })).toMatchObject({
      exitCode: null,
      timedOut: true,
    });
    expect((await host.run(['pgrep', '-f', 'sleep 1000'])).exitCode).toBe(1);
    await expect(host.runOrThrow(['false'])).rejects.toThrow('on web-1: false ended with 1');
  });

  it('shares no control group with another host, so systemd ends all processes of a unit', async () => {
    const other = await startLabHost({ name: 'web-2', archives: [] });
    try {
      await other.runOrThrow(['systemctl', 'stop', 'nginx']);
      const journal = await other.runOrThrow(['journalctl', '--unit=nginx', '--no-pager']);
      expect(journal).toContain('Stopped nginx.service');
      expect(journal).not.toContain('Failed to kill control group');
      expect(await health()).toBe('200 ok\n');
    } finally {
      await other.destroy();
    }
  });

  it('leaves no process, mount, control group or directory behind when it is destroyed', async () => {
    const gone = await createLabHost({ name: 'gone', archives: [] });
    const directory = dirname(gone.root);
    await gone.start();
    expect(processesOf(basename(directory))).toContain(gone.leaderPid);
    expect(groupsNamed(basename(directory))).not.toEqual([]);
    await gone.destroy();
    await gone.destroy();
    expect(processesOf(basename(directory))).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(directory);
    expect(groupsNamed(basename(directory))).toEqual([]);
    expect(existsSync(`/run/systemd/nspawn/propagate/${basename(directory)}`)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });
});
