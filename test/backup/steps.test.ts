import { beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, restore } from '../../activities/backup.ts';
import type { StepContext } from '../../activities/context.ts';
import { bootedWithChange } from '../../src/backup/booted-with-change.ts';
import { readBackupEntry } from '../../src/backup/journal-entries.ts';
import type { BootIdentity } from '../../src/domain/facts.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { readBootIdentity } from '../../src/host/boot-identity.ts';
import type { Journal } from '../../src/host/journal.ts';
import { planDigest } from '../../src/packages/digest.ts';
import type { PackageManager } from '../../src/packages/port.ts';
import { stepContext, stepInput } from '../activities/support/step-bench.ts';
import { result } from '../health/support/journal.ts';

const PLAN: Plan = {
  format: 1,
  host: 'web-1',
  manager: 'apt',
  scope: 'all',
  changes: [
    {
      name: 'openssl',
      architecture: 'amd64',
      oldVersion: '3.0.15-1',
      newVersion: '3.0.17-1',
      archive: 'openssl_3.0.17-1_amd64.deb',
      sha256: 'a'.repeat(64),
      sizeBytes: 1_000,
      origin: 'Debian:12/stable',
      security: false,
    },
  ],
  removals: [{ name: 'oldlib', architecture: 'amd64', oldVersion: '1' }],
};

const PUT_BACK = 'the files were put back';

/** A host whose backup covers nothing: what is tested here is around the files. */
class ModelHost {
  readonly versions = new Map([
    ['bash:amd64', '5.2-1'],
    ['oldlib:amd64', '1'],
    ['openssl:amd64', '3.0.15-1'],
  ]);
  readonly calls: string[] = [];
  readonly packages: Partial<PackageManager> = {
    footprint: async () => {
      this.calls.push('footprint');
      return { trees: [], paths: [], added: [] };
    },
    versionsOnDisk: async () => new Map(this.versions),
    waitUntilUnlocked: async () => void this.calls.push('wait'),
    // What comes after the files needs a host with services; these tests end here.
    settleAfterRestore: () => Promise.reject(new Error(PUT_BACK)),
  };
  context!: StepContext;

  async start(): Promise<void> {
    this.context = await stepContext(this.packages);
    const { journal, tools } = this.context;
    tools.runJob = (name, argv) => {
      this.calls.push(`job ${name}`);
      const ended = { ...result(argv, 0, ''), interrupted: false };
      return Promise.resolve(ended);
    };
    await journal.write('plan', PLAN);
  }

  async backUp(): Promise<string> {
    const input = { ...stepInput(), digest: planDigest(PLAN) };
    const { archiveSha256 } = await backup(this.context, input);
    this.calls.length = 0;
    return archiveSha256;
  }

  /** A job is ordered with its directory, and has begun when its supervisor says so. */
  async orderJob(name: string, documents: Record<string, unknown>): Promise<void> {
    const directory = join(this.context.journal.directory, 'jobs', name);
    await mkdir(directory, { recursive: true });
    const spec = { name, argv: ['true'], env: {}, deadlineMs: 1_000, cycleDirectory: '', step: '' };
    for (const [file, document] of Object.entries({ spec, ...documents })) {
      await writeFile(join(directory, `${file}.json`), JSON.stringify(document));
    }
  }

  async beginChange(): Promise<void> {
    const started = { pid: 1, startTicks: '1', boot: await readBootIdentity(), at: '' };
    await this.orderJob('upgrade-install-1', { started, result: {} });
  }

  restore(archiveSha256: string | null): ReturnType<typeof restore> {
    return restore(this.context, { ...stepInput(), archiveSha256 });
  }
}

let host: ModelHost;
beforeEach(async () => {
  host = new ModelHost();
  await host.start();
});

describe('The step restore', () => {
  it('does nothing when the change was refused, though there is a backup', async () => {
    const sha256 = await host.backUp();
    host.versions.set('bash:amd64', '5.2-2');
    expect(await host.restore(sha256)).toBeNull();
    expect(host.calls).toEqual([]);
  });

  it('does nothing when only jobs that repair were run', async () => {
    const sha256 = await host.backUp();
    await host.orderJob('repair-1', { started: {}, result: {} });
    expect(await host.restore(sha256)).toBeNull();
  });

  it('puts the host back when a job of the change was ordered that nobody saw begin', async () => {
    const sha256 = await host.backUp();
    await host.orderJob('upgrade-install-1', {});
    await expect(host.restore(sha256)).rejects.toThrow(PUT_BACK);
  });

  it('waits for the jobs of the cycle, then for whatever package tool is at work', async () => {
    const sha256 = await host.backUp();
    await host.beginChange();
    await expect(host.restore(sha256)).rejects.toThrow(PUT_BACK);
    expect(host.calls).toEqual(['job upgrade-install-1', 'wait']);
  });

  it('touches nothing while another package tool is at work', async () => {
    const sha256 = await host.backUp();
    await host.beginChange();
    host.context.packages.waitUntilUnlocked = () =>
      Promise.reject(new StepFailure('PackageLockHeld', 'waited', { remedy: '' }));
    await expect(host.restore(sha256)).rejects.toMatchObject({ type: 'PackageLockHeld' });
  });

  it('leaves a host alone on which somebody else changed packages since, and names them', async () => {
    const sha256 = await host.backUp();
    await host.beginChange();
    host.versions.set('bash:amd64', '5.2-2').set('strace:amd64', '6.1-1');
    await expect(host.restore(sha256)).rejects.toMatchObject({
      type: 'RestoreIncomplete',
      message: expect.stringContaining('bash:amd64 was 5.2-1 and is 5.2-2 now.'),
      details: {
        findings: ['bash:amd64 was 5.2-1 and is 5.2-2 now.', 'strace:amd64 6.1-1 was installed.'],
      },
    });
  });

  it('takes what the plan names for its own, also under another architecture', async () => {
    const sha256 = await host.backUp();
    await host.beginChange();
    host.versions.delete('openssl:amd64');
    host.versions.set('openssl:all', '3.0.17-1').delete('oldlib:amd64');
    await expect(host.restore(sha256)).rejects.toThrow(PUT_BACK);
  });

  it('puts a package database back that nobody can read any more', async () => {
    const sha256 = await host.backUp();
    await host.beginChange();
    host.context.packages.versionsOnDisk = () =>
      Promise.reject(new StepFailure('CommandFailed', 'dpkg-query failed', { remedy: '' }));
    await expect(host.restore(sha256)).rejects.toThrow(PUT_BACK);
  });
});

describe('A host that is put back', () => {
  const journal = (): Journal => host.context.journal;
  let boot: BootIdentity;
  let earlier: BootIdentity;
  beforeEach(async () => {
    boot = await readBootIdentity();
    earlier = { ...boot, initStartTicks: '1' };
    await journal().write('facts', { boot: earlier });
    await journal().write('restored', { restored: 1, deleted: 0, boot });
  });

  it('needs no reboot because of one between inspection and backup', async () => {
    await host.backUp();
    expect(await bootedWithChange(journal())).toBeNull();
  });

  it('needs a reboot when it was booted between backup and restore', async () => {
    await host.backUp();
    await journal().write('backup', {
      ...(await readBackupEntry(journal())),
      boot: earlier,
    });
    expect(await bootedWithChange(journal())).toMatchObject({ answer: 'yes' });
  });

  it('is judged by the boot at the inspection where the backup does not know its own', async () => {
    expect(await bootedWithChange(journal())).toMatchObject({ answer: 'yes' });
  });
});

describe('The step backup', () => {
  it('waits for other package tools before it asks which files there are, and after the last', async () => {
    await backup(host.context, { ...stepInput(), digest: planDigest(PLAN) });
    expect(host.calls).toEqual(['wait', 'footprint', 'wait']);
  });

  it('is not verified when somebody else changed packages meanwhile', async () => {
    host.context.packages.footprint = async () => {
      host.versions.delete('bash:amd64');
      return { trees: [], paths: [], added: [] };
    };
    await expect(host.backUp()).rejects.toMatchObject({
      type: 'BackupUnverifiable',
      details: { findings: ['bash:amd64 5.2-1 was removed.'] },
    });
  });
});
