import { describe, expect, it } from '@jest/globals';
import { parseSimulation } from '../../../src/packages/apt/parse-simulation.ts';
import { fixture } from './fixture.ts';

/** How many lines announce a change, counted without the parser's pattern. */
function announced(text: string, word: string): number {
  return text.split('\n').filter((line) => line.startsWith(`${word} `)).length;
}

describe('Reading a simulation of apt', () => {
  it('reads every change, whatever noise stands behind the bracket', () => {
    const text = fixture('debian-1.apt-get-dist-upgrade.stdout');
    const { installs, removals, keptBack } = parseSimulation(text);
    expect(installs).toHaveLength(30);
    expect(announced(text, 'Inst')).toBe(30);
    expect(removals).toEqual([]);
    expect(keptBack).toEqual([]);
    expect(installs.slice(0, 3)).toEqual([
      {
        name: 'libperl5.36',
        architecture: 'amd64',
        oldVersion: '5.36.0-7+deb12u3',
        newVersion: '5.36.0-7+deb12u4',
        origins: 'Debian-Security:12/oldstable-security',
      },
      expect.objectContaining({ name: 'perl', newVersion: '5.36.0-7+deb12u4' }),
      expect.objectContaining({ name: 'perl-base', oldVersion: '5.36.0-7+deb12u3' }),
    ]);
  });

  it('knows new packages by their missing old version', () => {
    const { installs } = parseSimulation(fixture('debian-1.apt-get-dist-upgrade.stdout'));
    const added = installs.filter(({ oldVersion }) => oldVersion === null);
    expect(added.map(({ name, newVersion }) => `${name} ${newVersion}`)).toEqual([
      'apparmor 3.0.8-3',
      'firmware-linux-free 20200122-1',
      'linux-image-6.1.0-56-amd64 6.1.192-2',
    ]);
  });

  it('names what is kept back', () => {
    const held = parseSimulation(fixture('debian-3.apt-get-dist-upgrade.stdout'));
    expect(held.keptBack).toEqual(['openssl']);
    expect(held.installs.map(({ name }) => name)).not.toContain('openssl');
    const ubuntu = parseSimulation(fixture('ubuntu-1.apt-get-upgrade.stdout'));
    expect(ubuntu.keptBack).toEqual([
      'libnetplan0',
      'libsgutils2-2',
      'netplan.io',
      'sg3-utils',
      'sg3-utils-udev',
    ]);
  });

  it('counts updates that are deferred by phasing as kept back', () => {
    expect(parseSimulation(fixture('ubuntu-3.apt-get-upgrade.stdout'))).toEqual({
      installs: [],
      removals: [],
      keptBack: ['dnsmasq-base'],
    });
  });

  it('reads removals and purges', () => {
    const removal = parseSimulation(fixture('debian-4.apt-get-install.stdout'));
    expect(removal.removals).toEqual([
      { name: 'rsyslog', architecture: null, oldVersion: '8.2302.0-1+deb12u1' },
    ]);
    expect(removal.installs.map(({ newVersion }) => newVersion)).toEqual([
      '1:1.35.0-4+deb12u1+b1',
      '1:1.35.0-4+deb12u1',
    ]);
    const purge = parseSimulation(fixture('debian-5.apt-get-purge.stdout'));
    expect(purge.removals.map(({ name, oldVersion }) => `${name} ${oldVersion}`)).toEqual([
      'nginx-light 1.22.1-9+deb12u9',
      'libnginx-mod-http-echo 1:0.63-4',
      'nginx 1.22.1-9+deb12u9',
      'nginx-common 1.22.1-9+deb12u9',
    ]);
  });

  it('tells foreign architectures apart', () => {
    const { installs } = parseSimulation(fixture('debian-7.apt-get-dist-upgrade.stdout'));
    expect(installs.map(({ name, architecture }) => `${name} ${architecture}`)).toEqual(
      expect.arrayContaining(['libssl3 amd64', 'libssl3 i386']),
    );
    expect(parseSimulation(fixture('debian-8.apt-get-remove.stdout')).removals).toEqual([
      { name: 'libssl3', architecture: 'i386', oldVersion: '3.0.17-1~deb12u2' },
    ]);
  });

  it('reads the changes also where everything around them is in another language', () => {
    const german = parseSimulation(fixture('debian-9.apt-get-dist-upgrade.stdout')).installs;
    const english = parseSimulation(fixture('debian-1.apt-get-dist-upgrade.stdout')).installs;
    expect(german.length).toBeGreaterThan(10);
    expect(german).toEqual(english.slice(0, german.length));
  });

  it('reads several origins, and labels with slashes and spaces', () => {
    const { installs } = parseSimulation(fixture('ubuntu-2.apt-get-upgrade.stdout'));
    expect(installs.map(({ name, origins }) => `${name}: ${origins}`)).toEqual([
      'bsdutils: Ubuntu:24.04/noble-updates',
      'libsystemd0: Ubuntu:24.04/noble-updates',
      'openitcockpit-checkmk: noble/stable noble:noble',
      'openitcockpit-agent: deb/stable deb:deb',
      'gir1.2-glib-2.0: Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security',
      'libglib2.0-data: Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security',
    ]);
  });

  it.each([
    'Inst nameless',
    'Inst half [1.0] (2.0 Debian:12/stable',
    'Remv versionless',
    'Purg versionless []',
  ])('refuses a line that announces a change and cannot be read: %s', (line) => {
    expect(() => parseSimulation(`Reading package lists...\n${line}\n`)).toThrow(
      expect.objectContaining({ type: 'PlanUnparsable', message: expect.stringContaining(line) }),
    );
  });

  it('finds nothing in an empty answer', () => {
    expect(parseSimulation('')).toEqual({ installs: [], removals: [], keptBack: [] });
  });
});
