import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CommandResult } from '../../../src/host/tools.ts';
import { startLabHost, type LabHost } from '../../../src/lab/host.ts';
import { prepareLab } from '../../../src/lab/prepare.ts';
import { createRepository, type LabRepository } from '../../../src/lab/repository.ts';
import type { Damage } from '../../../src/lab/package-format.ts';
import { toolPackage } from '../../../src/lab/tool-package.ts';

let repository: LabRepository;
let host: LabHost;
beforeAll(async () => {
  await prepareLab(() => undefined);
  repository = await createRepository();
  const packages = await repository.publish(toolPackage({ version: '1.0' }));
  host = await startLabHost({
    name: 'tool-1',
    archives: [],
    repositories: [repository.sourcesEntry()],
    packages: packages.map(({ file }) => file),
  });
});
afterAll(async () => {
  await host?.destroy();
  await repository?.close();
});

const STRICT = ['-o', 'Acquire::Check-Valid-Until=true', '-o', 'Acquire::Check-Date=true'] as const;
const IMPATIENT = ['-o', 'Acquire::http::Timeout=1', '-o', 'Acquire::Retries=0'] as const;

async function update(): Promise<CommandResult> {
  return host.run(['apt-get', '-q', 'update', '--error-on=any', ...STRICT, ...IMPATIENT]);
}

describe('A lab repository of .deb packages', () => {
  it('is taken by a host for an archive of security updates', async () => {
    await repository.publish(toolPackage({ version: '1.1' }));
    expect(await update()).toMatchObject({ exitCode: 0, stderr: '' });
    const simulation = await host.runOrThrow(['apt-get', '-s', 'upgrade']);
    expect(simulation).toContain('Inst labtool [1.0] (1.1 Debian-Security:stable-security [all])');
  });

  it('serves changelogs that apt finds by itself', async () => {
    await repository.publish(
      toolPackage({ version: '1.2', changes: ['CVE-2026-0001: a hole in the index'] }),
    );
    expect(await update()).toMatchObject({ exitCode: 0 });
    expect(await host.runOrThrow(['apt-get', 'changelog', 'labtool'])).toContain(
      '* CVE-2026-0001: a hole in the index',
    );
  });

  const refusals: [Damage, string | RegExp][] = [
    ['dead', 'connect (111: Connection refused)'],
    ['hanging', /Failed to fetch .* Connection (failed|timed out)/],
    ['not-found', /The repository '.*' no longer has a Release file\./],
    [
      'expired',
      /InRelease is expired \(invalid since .*\)\. Updates for this repository will not be applied\./,
    ],
    ['future-dated', /InRelease is not valid yet \(invalid for another 6d .*\)/],
    ['bad-signature', /The following signatures were invalid: BADSIG [0-9A-F]{16}/],
    ['unknown-key', /the public key is not available: NO_PUBKEY [0-9A-F]{16}/],
    ['unsigned', /The repository '.*' is no longer signed\./],
    ['lists-mismatch', /Failed to fetch .*Packages.*Hash Sum mismatch/],
  ];
  it.each(refusals)(
    'that is damaged by "%s" is refused by apt in its own words',
    async (damage, words) => {
      await repository.damage(damage);
      // Something new, so that apt has to fetch the lists again.
      await repository.publish(toolPackage({ name: 'other', version: `1.${Date.now()}` }));
      const result = await update();
      expect(result.exitCode).toBe(100);
      expect(result.stderr).toMatch(words);

      await repository.mend();
      expect(await update()).toMatchObject({ exitCode: 0, stderr: '' });
    },
  );

  it.each<[Damage, string | RegExp]>([
    ['archives-mismatch', /Failed to fetch .*labtool.*Hash Sum mismatch/],
    ['archives-not-found', /Failed to fetch .*labtool.* 404 {2}Not Found/],
  ])(
    'whose packages are damaged by "%s" has good lists and refuses the download',
    async (damage, words) => {
      await repository.damage(damage);
      expect(await update()).toMatchObject({ exitCode: 0 });
      const result = await host.run([
        'apt-get',
        '-q',
        '-y',
        '--download-only',
        ...IMPATIENT,
        'upgrade',
      ]);
      expect(result.exitCode).toBe(100);
      expect(result.stderr).toMatch(words);
      await repository.mend();
    },
  );

  it('offers a version no more when it is withdrawn', async () => {
    await repository.withdraw('labtool', '1.2');
    expect(await update()).toMatchObject({ exitCode: 0 });
    expect(await host.runOrThrow(['apt-cache', 'policy', 'labtool'])).toContain('Candidate: 1.1');
  });

  it('remembers what was asked of it', () => {
    expect(repository.requests.at(-1)).toContain('dists/stable-security/');
  });
});
