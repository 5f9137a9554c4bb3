import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DecisionRefused } from '../../src/client/index.ts';
import type { ApprovalTerms } from '../../src/domain/approval-text.ts';
import type { CycleView } from '../../src/domain/cycle.ts';
import type { LabHost } from '../../src/lab/host.ts';
import { createRepository, type LabRepository } from '../../src/lab/repository.ts';
import { toolPackage } from '../../src/lab/tool-package.ts';
import { makeSigner, type Signer } from '../host/support/signing.ts';
import { openCycleSite, type CycleSite } from './support/cycle-site.ts';

const NAME = 'signed-1';
const SIGNERS = '/etc/patchcycle/allowed_signers';
const ASKS = { approval: { required: true, expires: '1h' }, reboot: 'never' };

let cycles: CycleSite;
let repository: LabRepository;
let host: LabHost;
let ada: Signer;
let eve: Signer;

beforeAll(async () => {
  cycles = await openCycleSite();
  repository = await createRepository();
  [ada, eve] = await Promise.all([makeSigner(), makeSigner()]);
  const old = await repository.build(toolPackage({ version: '1.0' }));
  host = await cycles.site.startHost({
    name: NAME,
    unattended: false,
    archives: ['main'],
    repositories: [repository.sourcesEntry()],
    packages: old.map(({ file }) => file),
  });
  const config = await host.readFile('/etc/patchcycle/agent.yaml');
  await host.writeFile(
    '/etc/patchcycle/agent.yaml',
    `${config}allowedSigners: ${SIGNERS}\n`,
    0o600,
  );
  await host.writeFile(SIGNERS, `ada ${ada.publicKey}\ntester ${ada.publicKey}\n`, 0o644);
  await host.runOrThrow(['systemctl', 'restart', 'patchcycle-agent']);
  await cycles.site.waitForAgent(NAME);
});
afterAll(async () => {
  await cycles.stop();
  await repository.close();
  await Promise.all([ada, eve].map((signer) => signer.forget()));
});

const version = () => host.runOrThrow(['dpkg-query', '-W', '-f', '${Version}', 'labtool']);

function termsOf({ state }: CycleView, by: string): ApprovalTerms {
  if (state.name !== 'awaiting-approval' || state.signing === undefined) {
    throw new Error(`No signature is asked for: ${JSON.stringify(state)}`);
  }
  const expires = new Date(Date.now() + 600_000).toISOString();
  return { host: NAME, digest: state.digest, by, expires, ...state.signing };
}

async function approve({ by, digest, expires }: ApprovalTerms, signature?: string): Promise<void> {
  const signed = signature === undefined ? {} : { signature, expires };
  await cycles.site.client.approve(NAME, { by, digest, ...signed });
}

async function refused(work: Promise<void>, why: RegExp): Promise<void> {
  await expect(work).rejects.toBeInstanceOf(DecisionRefused);
  await expect(work).rejects.toThrow(why);
  expect((await cycles.until(NAME, 'awaiting-approval')).decisions).toEqual([]);
  expect(await version()).not.toBe('3.0');
}

describe('a host that takes only signed approvals', () => {
  it('says before anything else that it cannot verify them without ssh-keygen', async () => {
    const report = await cycles.patch(NAME, ASKS);
    expect(report).toMatchObject({
      outcome: 'failed',
      failures: [
        {
          type: 'UnsupportedHost',
          details: {
            remedy: expect.stringContaining('Install its package, which is called openssh-client '),
          },
        },
      ],
    });
  });

  it('refuses what is not signed as it must be, waits on, and is patched by a good signature', async () => {
    await host.runOrThrow(['apt-get', '-q', 'update']);
    await host.runOrThrow(
      ['apt-get', '-qy', 'install', '--no-install-recommends', 'openssh-client'],
      { timeoutMs: 300_000 },
    );
    await repository.publish(toolPackage({ version: '2.0' }));
    await cycles.start(NAME, ASKS);
    const terms = termsOf(await cycles.until(NAME, 'awaiting-approval'), 'ada');

    await refused(approve(terms), /takes only signed approvals/);
    await refused(
      approve(terms, await eve.sign(terms)),
      /no line of .*allowed_signers of the host allows the key/,
    );
    const other = { ...terms, host: 'db-1' };
    await refused(approve(terms, await ada.sign(other)), /not over this approval/);
    const past = { ...terms, expires: '2026-01-01T00:00:00.000Z' };
    await refused(approve(past, await ada.sign(past)), /expired/);
    const own = { ...terms, by: 'tester' };
    await refused(approve(own, await ada.sign(own)), /nobody approves their own/);

    const good = await ada.sign(terms);
    await approve(terms, good);
    const report = await cycles.report(NAME);
    expect(report).toMatchObject({
      outcome: 'patched',
      approvedBy: expect.stringMatching(/^ada at .*, signed$/),
      facts: { signedApprovals: true },
    });
    expect(await version()).toBe('2.0');

    await repository.publish(toolPackage({ version: '3.0' }));
    await cycles.start(NAME, ASKS);
    const next = termsOf(await cycles.until(NAME, 'awaiting-approval'), 'ada');
    const replayed = approve({ ...next, expires: terms.expires }, good);
    await refused(replayed, /not over this approval/);
    await cycles.site.client.reject(NAME, { by: 'ada', digest: next.digest });
    expect((await cycles.report(NAME)).outcome).toBe('rejected');
  });
});
