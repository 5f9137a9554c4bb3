import { beforeEach, describe, expect, it } from '@jest/globals';
import { checkApproval, plannedChanges } from '../../activities/approved-plan.ts';
import type { StepContext } from '../../activities/context.ts';
import type { Approval } from '../../src/domain/approval.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { planDigest } from '../../src/packages/digest.ts';
import { stepContext, stepInput } from './support/step-bench.ts';

const PLAN: Plan = {
  format: 1,
  host: 'web-1',
  manager: 'apt',
  scope: 'security',
  changes: [
    {
      name: 'openssl',
      architecture: 'amd64',
      oldVersion: '3.0.15-1',
      newVersion: '3.0.17-1',
      archive: 'openssl_3.0.17-1_amd64.deb',
      sha256: 'a'.repeat(64),
      sizeBytes: 1_000,
      origin: 'Debian-Security:12/stable-security',
      security: true,
    },
  ],
  removals: [],
};
const REMOVING: Plan = {
  ...PLAN,
  removals: [{ name: 'nginx', architecture: 'amd64', oldVersion: '1.22' }],
};
const DIGEST = planDigest(PLAN);
const OTHER = 'b'.repeat(64);

function person(digest: string): Approval {
  return { kind: 'person', digest, by: 'alice', at: '2026-11-24T18:43:00.000Z' };
}
function automatic(digest: string): Approval {
  return { kind: 'automatic', digest, policy: 'ordinary' };
}
function asked(approval: Approval, digest = DIGEST) {
  return { ...stepInput(), digest, approval };
}

let attended: StepContext;
let unattended: StepContext;
beforeEach(async () => {
  attended = await stepContext();
  unattended = await stepContext({}, { unattended: true });
  for (const context of [attended, unattended]) await context.journal.write('plan', PLAN);
});

describe('a step that changes the host', () => {
  it('may act on the plan that the host made and a person approved', async () => {
    expect(await checkApproval(attended, asked(person(DIGEST)))).toEqual(PLAN);
  });

  it('may act without a person where the host itself allows it', async () => {
    expect(await checkApproval(unattended, asked(automatic(DIGEST)))).toEqual(PLAN);
  });

  it('may not act without a person where the host does not allow it', async () => {
    await expect(checkApproval(attended, asked(automatic(DIGEST)))).rejects.toMatchObject({
      type: 'PlanNotApproved',
      message: expect.stringContaining('no person has approved'),
    });
  });

  it('may not remove a package without a person, whatever the host allows', async () => {
    await unattended.journal.write('plan', REMOVING);
    const digest = planDigest(REMOVING);
    await expect(checkApproval(unattended, asked(automatic(digest), digest))).rejects.toMatchObject(
      {
        type: 'PlanNotApproved',
        message: expect.stringContaining('removes nginx'),
      },
    );
    expect(await checkApproval(unattended, asked(person(digest), digest))).toEqual(REMOVING);
  });

  it('may without a person let the oldest kernel go, where a newer one comes beside it', async () => {
    const [change] = PLAN.changes;
    if (change === undefined) throw new Error('the plan is empty');
    const kernel = { ...change, name: 'kernel', oldVersion: null };
    const removals = [{ name: 'kernel', architecture: 'amd64', oldVersion: '5' }];
    const plan: Plan = { ...PLAN, changes: [kernel], removals };
    await unattended.journal.write('plan', plan);
    const digest = planDigest(plan);
    expect(await checkApproval(unattended, asked(automatic(digest), digest))).toEqual(plan);
  });

  it('may not act on a name alone where the host has allowed signers', async () => {
    const allowedSigners = '/etc/patchcycle/allowed_signers';
    const signed = await stepContext({}, { allowedSigners });
    await signed.journal.write('plan', PLAN);
    await expect(checkApproval(signed, asked(person(DIGEST)))).rejects.toMatchObject({
      type: 'PlanNotApproved',
      message: expect.stringContaining('not signed'),
    });
  });

  it('may not act on an approval of another plan', async () => {
    await expect(checkApproval(attended, asked(person(OTHER)))).rejects.toMatchObject({
      type: 'PlanNotApproved',
    });
  });

  it('may not act on another plan than the host has made, also when that one was approved', async () => {
    await expect(checkApproval(attended, asked(person(OTHER), OTHER))).rejects.toMatchObject({
      type: 'PlanDrifted',
      message: expect.stringContaining(DIGEST),
    });
  });

  it('may not act on a plan that was changed on the disk', async () => {
    const [change] = PLAN.changes;
    await attended.journal.write('plan', {
      ...PLAN,
      changes: [{ ...change, newVersion: '6.6.6' }],
    });
    await expect(checkApproval(attended, asked(person(DIGEST)))).rejects.toMatchObject({
      type: 'PlanDrifted',
    });
  });

  it('may not act on the plan of another host', async () => {
    const foreign = { ...PLAN, host: 'db-1' };
    await attended.journal.write('plan', foreign);
    const digest = planDigest(foreign);
    await expect(checkApproval(attended, asked(person(digest), digest))).rejects.toMatchObject({
      type: 'PlanDrifted',
    });
  });

  it('may not act without any plan', async () => {
    const fresh = await stepContext();
    await expect(plannedChanges(fresh, asked(person(DIGEST)))).rejects.toMatchObject({
      type: 'PlanNotApproved',
    });
  });
});
