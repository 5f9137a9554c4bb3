import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandResult } from '../../../src/host/tools.ts';
import { startLabHost, type LabHost } from '../../../src/lab/host.ts';
import type { Damage } from '../../../src/lab/package-format.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { createRepository, type LabRepository } from '../../../src/lab/repository.ts';
import { toolPackage } from '../../../src/lab/tool-package.ts';

let repository: LabRepository;
let ordinary: LabRepository;
let host: LabHost;
beforeAll(async () => {
  await prepareLab(() => undefined);
  repository = await createRepository({ format: 'rpm' });
  ordinary = await createRepository({ format: 'rpm', name: 'ordinary', updates: 'ordinary' });
  const packages = await repository.publish(toolPackage({ version: '1.0-1' }));
  await ordinary.publish(toolPackage({ name: 'plain', version: '1.0-1' }));
  host = await startLabHost({
    name: 'tool-1',
    format: 'rpm',
    repositories: [repository.sourcesEntry(), ordinary.sourcesEntry()],
    packages: packages.map(({ file }) => file),
  });
});
afterAll(async () => {
  await host?.destroy();
  await repository?.close();
  await ordinary?.close();
});

const IMPATIENT = ['--setopt=timeout=2', '--setopt=retries=1'] as const;

async function makeCache(): Promise<CommandResult> {
  return host.run([
    'dnf',
    '-q',
    '-y',
    'makecache',
    '--refresh',
    '--setopt=*.skip_if_unavailable=0',
    ...IMPATIENT,
  ]);
}

async function ask(...question: string[]): Promise<string> {
  return host.runOrThrow(['dnf', '-q', '--cacheonly', ...question]);
}

describe('A lab repository of .rpm packages', () => {
  it('is read by a host that checks the signature of its metadata', async () => {
    await repository.publish(toolPackage({ version: '1.1-1' }));
    expect(await makeCache()).toMatchObject({ exitCode: 0 });
    expect(await ask('repoquery', '--upgrades', '--qf', '%{name} %{evr} %{repoid}')).toBe(
      'labtool 1.1-1 lab\n',
    );
  });

  it('carries advisories with their CVEs, and none where a package has none', async () => {
    await repository.publish(
      toolPackage({
        version: '1.2-1',
        advisory: { id: 'LABSA-2026:7', severity: 'Critical', cves: ['CVE-2026-0007'] },
      }),
      toolPackage({ version: '1.3-1', advisory: null }),
    );
    expect(await makeCache()).toMatchObject({ exitCode: 0 });
    const listed = await ask('updateinfo', 'list', '--security', '--with-cve');
    expect(listed).toMatch(/^CVE-2026-0007 +Critical\/Sec\. labtool-1\.2-1\.noarch$/m);
    expect(await ask('updateinfo', 'list')).toMatch(/^LABSA-2026:labtool-1\.1-1 /m);
    expect(await ask('updateinfo', 'list')).not.toContain('labtool-1.3');
  });

  it('of ordinary updates has no advisory data at all', async () => {
    expect(await ask('updateinfo', 'list', '--all', '--disablerepo=lab')).toBe('');
    expect(ordinary.requests.filter((path) => path.includes('updateinfo'))).toEqual([]);
  });

  const refusals: [Damage, string][] = [
    ['dead', 'Cannot download repomd.xml'],
    ['hanging', 'Cannot download repomd.xml'],
    ['not-found', 'Cannot download repomd.xml'],
    ['bad-signature', 'repomd.xml GPG signature verification error: Bad GPG signature'],
    ['unknown-key', 'repomd.xml GPG signature verification error: Bad GPG signature'],
    ['unsigned', 'GPG verification is enabled, but GPG signature is not available.'],
    ['lists-mismatch', 'primary.xml.gz - Cannot download, all mirrors were already tried'],
  ];
  it.each(refusals)(
    'that is damaged by "%s" is refused by dnf in its own words',
    async (damage, words) => {
      await repository.damage(damage);
      // Something new, so that dnf has to fetch the lists again.
      await repository.publish(toolPackage({ name: 'other', version: `1.${Date.now()}` }));
      const result = await makeCache();
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain(words);

      await repository.mend();
      expect(await makeCache()).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  it.each<[Damage, number]>([
    ['expired', -365],
    ['future-dated', 7],
  ])('that is damaged by "%s" tells so, and dnf does not mind', async (damage, days) => {
    await repository.damage(damage);
    await repository.publish(toolPackage({ name: 'other', version: `1.${Date.now()}` }));
    expect(await makeCache()).toMatchObject({ exitCode: 0, stderr: '' });
    const revision = await ask('repolist', '--repo=lab', '--verbose');
    const [, updated = ''] = /^Repo-updated +: (.+)$/m.exec(revision) ?? [];
    const offMs = Date.parse(`${updated} UTC`) - Date.now();
    expect(Math.round(offMs / 86_400_000)).toBe(days);
    await repository.mend();
  });

  it.each<[Damage, string]>([
    ['archives-mismatch', 'labtool-1.3-1.noarch: Cannot download'],
    ['archives-not-found', 'labtool-1.3-1.noarch: Cannot download'],
    ['archives-unsigned', 'Package labtool-1.3-1.noarch.rpm is not signed'],
  ])(
    'whose packages are damaged by "%s" has good lists and refuses them',
    async (damage, words) => {
      await repository.damage(damage);
      expect(await makeCache()).toMatchObject({ exitCode: 0 });
      const result = await host.run([
        'dnf',
        '-q',
        '-y',
        '--downloadonly',
        ...IMPATIENT,
        'upgrade',
        'labtool',
      ]);
      expect(result.exitCode).toBe(1);
      expect(result.stderr).toContain(words);
      await repository.mend();
    },
  );

  it('offers a version no more when it is withdrawn', async () => {
    await repository.withdraw('labtool', '1.3-1');
    expect(await makeCache()).toMatchObject({ exitCode: 0 });
    expect(await ask('repoquery', '--latest-limit=1', 'labtool')).toContain('labtool-0:1.2-1');
  });

  it('keeps the hash of a package that is described as before', async () => {
    const [one] = await repository.publish(toolPackage({ name: 'same', version: '1.0-1' }));
    const [two] = await repository.publish(toolPackage({ name: 'same', version: '1.0-1' }));
    expect(two?.sha256).toBe(one?.sha256);
  });
});
