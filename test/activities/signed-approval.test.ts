import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StepContext } from '../../activities/context.ts';
import { requireSignature } from '../../activities/signed-approval.ts';
import type { ApprovalTerms } from '../../src/domain/approval-text.ts';
import { StepFailure } from '../../src/domain/failure.ts';
import { acquireLock, releaseLock } from '../../src/host/lock.ts';
import type { HostPaths } from '../../src/host/paths.ts';
import { makeSigner, type Signer } from '../host/support/signing.ts';
import { temporaryPaths } from '../host/support/temporary.ts';
import { CYCLE, stepContext, stepInput } from './support/step-bench.ts';

const DIGEST = 'a'.repeat(64);
const NOW_MS = Date.parse('2026-11-25T12:00:00.000Z');
const TERMS: ApprovalTerms = {
  ...stepInput().workflow,
  host: 'web-1',
  digest: DIGEST,
  by: 'Ada Lovelace',
  expires: '2026-11-25T13:00:00.000Z',
};
const HOUR_MS = 3_600_000;

let ada: Signer;
let bob: Signer;
let eve: Signer;
beforeAll(async () => {
  [ada, bob, eve] = await Promise.all([makeSigner(), makeSigner('rsa'), makeSigner('ecdsa')]);
});
afterAll(() => Promise.all([ada, bob, eve].map((signer) => signer.forget())));

let context: StepContext;
let paths: HostPaths;
let signers: string;
beforeEach(async () => {
  paths = await temporaryPaths();
  await mkdir(paths.configDirectory, { mode: 0o755 });
  signers = join(paths.configDirectory, 'allowed_signers');
  await allow(`"Ada Lovelace" ${ada.publicKey}`, `bob ${bob.publicKey}`);
  context = await stepContext({}, { paths, allowedSigners: signers });
  await acquireLock(paths, { cycle: CYCLE, ...stepInput().workflow, requestedBy: 'carol' });
});

const allow = (...lines: string[]) => writeFile(signers, `# approvers\n${lines.join('\n')}\n`);

type Sent = Partial<ApprovalTerms> & { signature?: string | undefined };

/** Shows the host an approval: the good one by Ada, but for what is said. */
async function show(sent: Sent = {}, nowMs = NOW_MS): Promise<void> {
  const { namespace, workflowId, runId, digest, by, expires } = { ...TERMS, ...sent };
  const signature = 'signature' in sent ? sent.signature : await ada.sign(TERMS);
  const approval = { kind: 'person' as const, digest, by, at: new Date(nowMs).toISOString() };
  await requireSignature(
    context,
    { host: 'web-1', cycle: CYCLE, digest, workflow: { namespace, workflowId, runId }, approval },
    { ...approval, expires, ...(signature === undefined ? {} : { signature }) },
    nowMs,
  );
}

async function refusal(sent: Sent = {}, nowMs = NOW_MS): Promise<string> {
  const error = await show(sent, nowMs).then(
    () => new Error('was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof StepFailure && error.type === 'PlanNotApproved') return error.message;
  throw error;
}

describe('a host with allowed signers', () => {
  it('takes an approval that is signed by a key of that name, and leaves nothing but its record behind', async () => {
    await show();
    expect(await readdir(context.journal.directory)).toEqual(['approval.json', 'commands.jsonl']);
    expect(await context.journal.read('approval')).toMatchObject({ by: 'Ada Lovelace' });
  });

  it('takes keys of other kinds as well', async () => {
    await show({ by: 'bob', signature: await bob.sign({ ...TERMS, by: 'bob' }) });
  });

  it('refuses one that is not signed', async () => {
    expect(await refusal({ signature: undefined })).toMatch(/it is not signed/);
  });

  it('refuses one by a key that it does not know', async () => {
    expect(await refusal({ signature: await eve.sign(TERMS) })).toMatch(
      /no line of .*allowed_signers of the host allows the key that signed/,
    );
  });

  it("refuses one by another's key, and says whose it is", async () => {
    expect(await refusal({ signature: await bob.sign(TERMS) })).toMatch(
      /belongs to bob, not to Ada Lovelace/,
    );
  });

  const other: [string, Partial<ApprovalTerms>][] = [
    ['host', { host: 'db-1' }],
    ['plan', { digest: 'b'.repeat(64) }],
    ['run', { runId: 'an-earlier-run' }],
    ['workflow', { workflowId: 'patch/db-1' }],
    ['namespace', { namespace: 'staging' }],
    ['name', { by: 'ada lovelace' }],
    ['expiry', { expires: '2026-11-25T12:30:00.000Z' }],
  ];
  it.each(other)('refuses one that was signed for another %s', async (_, terms) => {
    const signature = await ada.sign({ ...TERMS, ...terms });
    expect(await refusal({ signature })).toMatch(/not over this approval/);
  });

  it('refuses one that was signed for another purpose than approvals', async () => {
    expect(await refusal({ signature: await ada.sign(TERMS, 'git') })).toMatch(/not over this/);
  });

  it('refuses a signature that is none', async () => {
    const signature = '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n';
    expect(await refusal({ signature })).toMatch(/not over this approval/);
  });

  it('refuses one by the person who asked for the cycle, however the name is written', async () => {
    await allow(`carol ${ada.publicKey}`, `CAROL ${ada.publicKey}`);
    for (const by of ['carol', 'CAROL']) {
      const signature = await ada.sign({ ...TERMS, by });
      expect(await refusal({ by, signature })).toMatch(/nobody approves their own/);
    }
  });

  it('refuses one that is expired', async () => {
    expect(await refusal({}, NOW_MS + HOUR_MS)).toMatch(/expired 2026-11-25T13:00/);
  });

  it('refuses one that is signed for longer than a day', async () => {
    const expires = new Date(NOW_MS + 25 * HOUR_MS).toISOString();
    const signature = await ada.sign({ ...TERMS, expires });
    expect(await refusal({ expires, signature })).toMatch(/a day at most/);
  });

  it('goes on taking, after its expiry, the very one that it took in time', async () => {
    const signature = await ada.sign(TERMS);
    await show({ signature });
    await show({ signature }, NOW_MS + 48 * HOUR_MS);
    const fresh = await bob.sign({ ...TERMS, by: 'bob' });
    expect(await refusal({ by: 'bob', signature: fresh }, NOW_MS + 48 * HOUR_MS)).toMatch(
      /expired/,
    );
  });

  it('no longer takes one that it took, when its key is not allowed any more', async () => {
    const signature = await ada.sign(TERMS);
    await show({ signature });
    await allow(`bob ${bob.publicKey}`);
    expect(await refusal({ signature })).toMatch(
      /allows the key that signed, or not now \(its dates\)/,
    );
  });

  it('refuses a key whose time is over, as the file says', async () => {
    await allow(`"Ada Lovelace" valid-before="20200101" ${ada.publicKey}`);
    expect(await refusal()).toMatch(/not now \(its dates\)/);
  });

  it('takes nothing for a cycle that does not have the lock', async () => {
    await releaseLock(paths, CYCLE);
    await expect(show()).rejects.toMatchObject({ type: 'HostLocked' });
  });

  it('takes nothing while others than root can write the file', async () => {
    await chmod(signers, 0o666);
    await expect(show()).rejects.toMatchObject({ type: 'HostRefuses' });
  });

  it('says so when there is no ssh-keygen, with what to install', async () => {
    const { run } = context.tools;
    context.tools.run = (argv, options) => run(['/no/such/ssh-keygen', ...argv.slice(1)], options);
    await expect(show()).rejects.toMatchObject({
      type: 'UnsupportedHost',
      details: { remedy: expect.stringContaining('openssh-client') },
    });
  });
});

describe('a host without allowed signers', () => {
  it('takes a name as it is given', async () => {
    context = await stepContext({}, { paths });
    await show({ signature: undefined });
  });
});
