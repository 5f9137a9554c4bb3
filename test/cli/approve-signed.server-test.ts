import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { connect, type HostStatus } from '../../src/client/index.ts';
import { approvalText } from '../../src/domain/approval-text.ts';
import { signatureObjection } from '../../src/host/allowed-signers.ts';
import { createRunCommand } from '../../src/host/command.ts';
import { makeSigner, type Signer } from '../host/support/signing.ts';
import { openCycleBench, withCycleOf, type CycleBench } from '../workflows/support/cycle-bench.ts';
import { devServerEnvironment } from '../workflows/support/environments.ts';
import { modelHost, type Model } from '../workflows/support/model-host.ts';
import { documentOf, run, type Ran } from './support/memory-io.ts';

let bench: CycleBench;
let directory: string;
let ada: Signer;
beforeAll(async () => {
  bench = await openCycleBench(await devServerEnvironment());
  ada = await makeSigner();
  directory = await mkdtemp(join(tmpdir(), 'patchcycle-cli-'));
  await writeFile(
    join(directory, 'patchcycle.yaml'),
    'policies:\n  critical: { scope: all, approval: { required: true, expires: 1h }, logs: { soak: 1s } }\n',
  );
  await writeFile(join(directory, 'allowed'), `Ada ${ada.publicKey}\n`, { mode: 0o644 });
});
afterAll(async () => {
  await bench.stop();
  await ada.forget();
  await rm(directory, { recursive: true });
});

const cli = (...argv: string[]): Promise<Ran> =>
  run([...argv, '--address', bench.env.address], {
    workingDirectory: directory,
    env: { PATH: process.env['PATH'] ?? '' },
  });

/** A model host that verifies signatures as a real one does. */
function verifying(): Model {
  const model = modelHost();
  model.host.signedApprovals = true;
  const tool = createRunCommand({ cycleDirectory: null, step: 'test' });
  model.activities.checkApproval = async ({ host, workflow, digest, approval }) => {
    model.host.ran.push('checkApproval');
    if (approval.kind !== 'person') throw new Error('A person was expected');
    const { by, expires = '', signature = '' } = approval;
    const signers = join(directory, 'allowed');
    const text = approvalText({ host, ...workflow, digest, by, expires });
    const question = { signers, scratch: directory, by, text, signature };
    const why = await signatureObjection(tool, question);
    if (why !== null) throw ApplicationFailure.nonRetryable(why, 'PlanNotApproved');
  };
  return model;
}

let hosts = 0;

async function whileItWaits(
  work: (host: string, digest: string, model: Model) => Promise<void>,
  model = verifying(),
): Promise<void> {
  const host = `key-${++hosts}`;
  await withCycleOf(bench, host, model, async () => {
    await cli('patch', host, '--policy', 'critical', '--by', 'Carol', '--detach');
    for (let tries = 0; tries < 200; tries++) {
      const status = documentOf(await cli('status', host, '--json')) as HostStatus;
      if (status.cycle?.state.name === 'awaiting-approval') {
        return work(host, status.cycle.state.digest, model);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${host} never came to awaiting-approval`);
  });
}

async function outcome(host: string): Promise<string> {
  const client = await connect({ address: bench.env.address });
  try {
    return (await client.waitForReport(host)).outcome;
  } finally {
    await client.close();
  }
}

describe('patchcycle approve, on a host that takes only signed approvals', () => {
  it('signs with the key that is named, and the host finds the signature good', () =>
    whileItWaits(async (host, digest) => {
      const ran = await cli(
        ...['approve', host, '--digest', digest, '--by', 'Ada', '--key', ada.file, '--json'],
      );
      expect(ran.stderr).toMatch(
        new RegExp(`What you sign:.*"host": "${host}".*"plan": "${digest}"`, 's'),
      );
      expect(documentOf(ran)).toMatchObject({ host, by: 'Ada', accepted: true });
      expect(ran.exitCode).toBe(0);
      expect(await outcome(host)).toBe('patched');
    }));

  it.each([['whole'], ['short']])(
    'without a key sends nothing, and gives the command that would do (%s digest)',
    (length) =>
      whileItWaits(async (host, digest) => {
        const typed = length === 'whole' ? digest : digest.slice(0, 12);
        const ran = await cli('approve', host, '--digest', typed, '--by', 'Ada');
        expect(ran.exitCode).toBe(1);
        expect(ran.stderr).toMatch(/takes only signed approvals.*Nothing was sent/);
        expect(ran.stderr).toContain(
          `patchcycle approve ${host} --digest ${digest.slice(0, 12)} --key ~/.ssh/id_ed25519`,
        );
        const status = documentOf(await cli('status', host, '--json')) as HostStatus;
        expect(status.cycle).toMatchObject({ refusedCount: 0, decisions: [] });
      }),
  );

  it('says what the host says of a name that the key does not have', () =>
    whileItWaits(async (host, digest) => {
      const argv = ['approve', host, '--digest', digest, '--by', 'Bob', '--key', ada.file];
      const ran = await cli(...argv);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/belongs to Ada, not to Bob/);
    }));

  it('sends nothing when ssh-keygen makes no signature', () =>
    whileItWaits(async (host, digest, model) => {
      const argv = ['approve', host, '--digest', digest, '--by', 'Ada', '--key', 'no-such-key'];
      const ran = await cli(...argv);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/made no signature with .*no-such-key; nothing was sent/);
      expect(model.host.ran).not.toContain('checkApproval');
    }));

  it('signs nothing for a plan that is not asked about', () =>
    whileItWaits(async (host) => {
      const argv = ['approve', host, '--digest', 'f'.repeat(64), '--by', 'Ada', '--key', ada.file];
      const ran = await cli(...argv);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/Nothing was signed or sent/);
    }));
});

describe('patchcycle approve --key, on a host that takes any approval', () => {
  it('makes no signature, says so, and approves', () =>
    whileItWaits(async (host, digest) => {
      const ran = await cli('approve', host, '--digest', digest, '--by', 'Ada', '--key', ada.file);
      expect(ran.stderr).toMatch(/asks for no signature/);
      expect(ran.exitCode).toBe(0);
    }, modelHost()));
});
