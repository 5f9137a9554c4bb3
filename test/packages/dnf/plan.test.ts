import { describe, expect, it } from '@jest/globals';
import type { Scope } from '../../../src/domain/plan.ts';
import type { Argv, HostTools } from '../../../src/host/tools.ts';
import { advisories } from '../../../src/packages/dnf/advisories.ts';
import { dnf4 } from '../../../src/packages/dnf/dialects/dnf4.ts';
import { plan } from '../../../src/packages/dnf/plan.ts';
import { answering, fixture, type Answer } from './fixture.ts';

const NAMES = ['app', 'lib', 'secneeds', 'secnew', 'locked', 'exc', 'plain', 'oldname', 'broke'];
const INSTALLED = [
  ...[...NAMES, 'con', 'archy', 'base', 'victim'].map((name) => `${name}|noarch|0|1|1|6|1`),
  'epo|noarch|3|1|1|6|1',
  'kernel|x86_64|0|6.1.0|10.lab|13|1',
];

const LONG = 'a-package-with-a-name';

const SECURITY = [
  'app|noarch|1.5-1',
  'archy|x86_64|2-1',
  'epo|noarch|3:2-1',
  'kernel|x86_64|6.2.0-10.lab',
  'locked|noarch|2-1',
  'newname|noarch|2-1',
  'secneeds|noarch|2-1',
  'secnew|noarch|2-1',
];

const HASH = String.raw`(2, b'${String.raw`\x01`.repeat(32)}')`;

/** The host of the fixtures, whose excludes and lists of archives are made up to fit. */
function host(advised: boolean): HostTools {
  return answering((argv) => {
    const has = (...words: string[]) => words.every((word) => argv.includes(word));
    if (argv[0] === 'rpm') return { stdout: `${INSTALLED.join('\n')}\n` };
    if (has('updateinfo', '--with-cve')) return { stdout: fixture(dnf4, 10, 'cves') };
    if (has('updateinfo')) return { stdout: advised ? fixture(dnf4, 9, 'advisories') : '' };
    if (has('upgrade')) return stopped(without(fixture(dnf4, 1, 'upgrade')));
    if (has('upgrade-minimal')) return minimal(argv);
    if (has('--upgrades')) return { stdout: 'broke|noarch|2-1\nlib|noarch|2-1\n' };
    if (has('--available', '--security')) return { stdout: advised ? SECURITY.join('\n') : '' };
    const versions = argv.includes('--') ? argv.slice(argv.indexOf('--') + 1) : undefined;
    return versions === undefined ? undefined : { stdout: versions.map(listed).join('\n') };
  });
}

/** The long row has a name that is not installed here. */
function without(stdout: string): string {
  return stdout.replace(new RegExp(`^ ${LONG}.*\n`, 'm'), '');
}

function stopped(stdout: string, stderr = ''): Answer {
  return { exitCode: 1, stdout, stderr };
}

function minimal(argv: Argv): Answer {
  return argv.includes('--exclude=lib.noarch')
    ? stopped(fixture(dnf4, 3, 'upgrade-minimal'), fixture(dnf4, 3, 'upgrade-minimal', 'stderr'))
    : stopped(fixture(dnf4, 2, 'upgrade-minimal'));
}

function listed(spec: string): string {
  const [, name, version, architecture] = /^(.+)-(\d+:[^-]+-[^-]+)\.(\w+)$/.exec(spec) ?? [];
  return `${name}|${architecture}|${version?.replace(/^0:/, '')}|lab2|6000|6|${HASH}`;
}

async function planned(scope: Scope) {
  const { changes, ...rest } = await plan(host(true), dnf4, scope);
  const shown = changes.map(
    (one) =>
      `${one.name} ${one.oldVersion ?? 'none'}->${one.newVersion}${one.security ? ' security' : ''}`,
  );
  return { changes, shown, ...rest };
}

describe('A plan of dnf', () => {
  it('has every change with its old version, and whether a security advisory applies', async () => {
    const { shown, changes, removals, leftOut } = await planned('all');
    expect(shown).toEqual([
      'app 1-1->2-1 security',
      'archy 1-1->2-1 security',
      'epo 3:1-1->3:2-1 security',
      'exc 1-1->2-1',
      'extra none->2-1',
      'helper none->2-1',
      'kernel none->6.2.0-10.lab security',
      'lib 1-1->2-1',
      'locked 1-1->2-1 security',
      'newname none->2-1 security',
      'plain 1-1->2-1',
      'secneeds 1-1->2-1 security',
      'secnew 1-1->2-1 security',
    ]);
    expect(changes.find(({ name }) => name === 'archy')).toEqual({
      name: 'archy',
      architecture: 'x86_64',
      oldArchitecture: 'noarch',
      oldVersion: '1-1',
      newVersion: '2-1',
      archive: 'archy-2-1.x86_64.rpm',
      sha256: '01'.repeat(32),
      sizeBytes: 6000,
      origin: 'lab2',
      security: true,
    });
    expect(changes.find(({ name }) => name === 'epo')?.archive).toBe('epo-2-1.noarch.rpm');
    expect(removals).toEqual([{ name: 'oldname', architecture: 'noarch', oldVersion: '1-1' }]);
    expect(leftOut).toEqual([
      'broke has a newer version, 2-1, that dnf leaves alone: dnf does not say why',
    ]);
  });

  it('of the scope security brings nothing in that no security advisory names, and says what that costs', async () => {
    const { shown, leftOut } = await planned('security');
    expect(shown).toEqual([
      'app 1-1->1.5-1 security',
      'epo 3:1-1->3:2-1 security',
      'kernel none->6.2.0-10.lab security',
      'locked 1-1->2-1 security',
      'newname none->2-1 security',
    ]);
    expect(leftOut).toEqual([
      'archy has a security fix, 2-1, that the plan leaves out: dnf offers no update to it',
      'helper 2-1 is left out: no security advisory names it',
      'lib 2-1 is left out: no security advisory names it',
      'secneeds has a security fix, 2-1, that the plan leaves out: package secneeds-2-1.noarch requires lib >= 2, but none of the providers can be installed',
      'secnew has a security fix, 2-1, that the plan leaves out: package secnew-2-1.noarch requires helper, but none of the providers can be installed',
    ]);
  });

  it('of the scope security is refused where the repositories carry no advisory data at all', async () => {
    await expect(plan(host(false), dnf4, 'security')).rejects.toMatchObject({
      type: 'UnsupportedHost',
      message: expect.stringContaining('the repositories carry no advisory data'),
    });
    expect((await plan(host(false), dnf4, 'all')).changes).toHaveLength(13);
  });
});

describe('Advisories of dnf', () => {
  const of = async (advised: boolean, name: string) => {
    const { changes } = await planned('all');
    const all = await advisories(host(advised), dnf4, changes);
    return all.find((one) => one.package === name);
  };

  it('are those between the installed and the new version, with their CVEs', async () => {
    expect(await of(true, 'app')).toEqual({
      package: 'app',
      id: 'LAB-2026:0001',
      cves: ['CVE-2026-1001', 'CVE-2026-1002'],
      severity: 'high',
      source: 'advisories after 1-1: LAB-2026:0002, LAB-2026:0001 (Important)',
    });
    expect(await of(true, 'lib')).toMatchObject({ id: null, cves: [] });
  });

  it('of a kernel follow on the newest one that is installed', async () => {
    expect(await of(true, 'kernel')).toMatchObject({ cves: ['CVE-2026-1003'] });
  });

  it.each([
    ['names a package that dnf does not list', true, 'archy'],
    ['cannot be had from repositories without any', false, 'app'],
  ])('are unknown where one %s', async (_, advised, name) => {
    expect(await of(advised, name)).toMatchObject({ id: null, cves: 'unknown' });
  });

  it('never fail', async () => {
    const { changes } = await planned('all');
    const tools = answering(([program]) =>
      program === 'rpm' ? { stdout: '' } : { exitCode: 1, stderr: 'Error: disk on fire\n' },
    );
    const answers = await advisories(tools, dnf4, changes);
    expect(answers).toHaveLength(changes.length);
    expect(answers[0]).toMatchObject({
      cves: 'unknown',
      source: 'the advisories could not be listed: disk on fire',
    });
  });
});
