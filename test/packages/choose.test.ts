import { describe, expect, it } from '@jest/globals';
import type { HostTools } from '../../src/host/tools.ts';
import { choosePackageManager, type InstalledTools } from '../../src/packages/choose.ts';

/** Tools that answer with the program by which they were asked, so that the dialect is seen. */
const tools: HostTools = {
  run: ([program]) => Promise.reject(new Error(`ran ${program}`)),
  runJob: () => Promise.reject(new Error('no job was expected')),
  progress: () => undefined,
};

const APT = { '/usr/bin/apt-get': '/usr/bin/apt-get', '/usr/bin/dpkg': '/usr/bin/dpkg' };
const RPM = { '/usr/bin/rpm': '/usr/bin/rpm' };
const DNF4 = { ...RPM, '/usr/bin/dnf': '/usr/bin/dnf-3', '/usr/bin/yum': '/usr/bin/dnf-3' };

function host(programs: Record<string, string>, ...distributions: string[]): InstalledTools {
  return {
    resolve: (path) => Promise.resolve(programs[path] ?? null),
    distributions: () => Promise.resolve(distributions),
    name: () => Promise.resolve('Some Linux 1'),
  };
}

describe('Choosing the package manager', () => {
  it('finds apt where its programs are', async () => {
    expect((await choosePackageManager(tools)).name).toBe('apt');
  });

  it.each([
    ['dnf 4', DNF4, 'dnf'],
    ['dnf 5 under its own name', { ...RPM, '/usr/bin/dnf5': '/usr/bin/dnf5' }, 'dnf5'],
    ['dnf 5 under the name dnf', { ...RPM, '/usr/bin/dnf': '/usr/bin/dnf5' }, 'dnf'],
    ['yum that is a link to dnf', { ...RPM, '/usr/bin/yum': '/usr/bin/dnf-3' }, 'yum'],
  ])('takes %s for the family dnf', async (_, programs, program) => {
    const manager = await choosePackageManager(tools, host(programs, 'anything'));
    expect(manager.name).toBe('dnf');
    await expect(manager.refresh()).rejects.toThrow(`ran ${program}`);
  });

  it.each([
    [['debian'], 'apt'],
    [['rocky', 'rhel', 'centos', 'fedora'], 'dnf'],
    [['mint', 'ubuntu', 'debian'], 'apt'],
  ])('lets the distribution decide where both families are installed: %j', async (names, name) => {
    const both = host({ ...APT, ...DNF4 }, ...names);
    expect((await choosePackageManager(tools, both)).name).toBe(name);
  });

  it.each([[[]], [['arch']], [['strange', 'debian', 'fedora']]])(
    'refuses a host with both families whose os-release does not decide: %j',
    async (names: string[]) => {
      await expect(
        choosePackageManager(tools, host({ ...APT, ...DNF4 }, ...names)),
      ).rejects.toMatchObject({
        type: 'UnsupportedHost',
        details: { remedy: expect.stringMatching(/^Seen: .*apt-get.*dnf/) },
      });
    },
  );

  it('refuses a host without tools that are known, and says what was looked for and seen', async () => {
    const suse = host({ ...RPM, '/usr/bin/zypper': '/usr/bin/zypper' }, 'sles', 'suse');
    await expect(choosePackageManager(tools, suse)).rejects.toMatchObject({
      type: 'UnsupportedHost',
      message: 'Some Linux 1 has no package tools that are known here',
      details: {
        remedy: expect.stringMatching(/^Looked for: .*apt-get.*dnf.* Seen: \/usr\/bin\/zypper\.$/),
      },
    });
  });

  it('refuses yum 3 with the reason', async () => {
    const old = host({ ...RPM, '/usr/bin/yum': '/usr/bin/yum' }, 'amzn', 'centos');
    await expect(choosePackageManager(tools, old)).rejects.toMatchObject({
      type: 'UnsupportedHost',
      details: { remedy: expect.stringContaining('yum 3 is not supported') },
    });
  });
});
