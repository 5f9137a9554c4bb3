import { describe, expect, it } from '@jest/globals';
import {
  approvalText,
  ArmoredSignature,
  samePerson,
  type ApprovalTerms,
} from '../../src/domain/approval-text.ts';

const TERMS: ApprovalTerms = {
  host: 'web-1',
  namespace: 'default',
  workflowId: 'patch/web-1',
  runId: 'a-run',
  digest: 'a'.repeat(64),
  by: 'Ada Lovelace',
  expires: '2026-11-25T12:00:00.000Z',
};

describe('the text that an approver signs', () => {
  it('is this one, to the last character, because signatures of another version must go on to fit', () => {
    expect(approvalText(TERMS)).toBe(
      `{
 "format": "patchcycle approval 1",
 "host": "web-1",
 "namespace": "default",
 "workflow": "patch/web-1",
 "run": "a-run",
 "plan": "${'a'.repeat(64)}",
 "approver": "Ada Lovelace",
 "expires": "2026-11-25T12:00:00.000Z"
}
`,
    );
  });

  it('does not depend on the order in which its terms are given', () => {
    const turned = Object.fromEntries(Object.entries(TERMS).reverse()) as ApprovalTerms;
    expect(approvalText(turned)).toBe(approvalText(TERMS));
  });

  it.each(Object.keys(TERMS) as (keyof ApprovalTerms)[])(
    'is another one for another %s',
    (term) => {
      expect(approvalText({ ...TERMS, [term]: `${TERMS[term]}0` })).not.toBe(approvalText(TERMS));
    },
  );

  it('cannot be made to say something else by what stands in a name', () => {
    const forged = approvalText({ ...TERMS, namespace: 'x",\n "workflow": "patch/db-1' });
    expect(forged.split('\n')).toHaveLength(approvalText(TERMS).split('\n').length);
    expect(JSON.parse(forged)).toMatchObject({ workflow: 'patch/web-1' });
  });
});

describe('an armored signature', () => {
  const good = '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\nAAAA=\n-----END SSH SIGNATURE-----\n';
  it('is what ssh-keygen writes', () => {
    expect(ArmoredSignature.safeParse(good).success).toBe(true);
  });
  it('may be one of the longest keys', () => {
    // An RSA key of 16,384 bits: its signature, its public key and their frame, in base64.
    const long = good.replace('U1NIU0lH', 'A'.repeat(5_700));
    expect(ArmoredSignature.safeParse(long).success).toBe(true);
  });
  it.each([
    '',
    'yes',
    good.replace('U1', '$('),
    `${good}more`,
    good.replace('U1NIU0lH', 'A'.repeat(6_000)),
    good.replace('BEGIN SSH', 'BEGIN PGP'),
  ])('is not %j', (text) => {
    expect(ArmoredSignature.safeParse(text).success).toBe(false);
  });
});

describe('the same person', () => {
  it.each([
    ['ada', 'ada', true],
    ['Ada Lovelace', 'ada  lovelace', true],
    ['ａda', 'ada', true],
    ['ada', 'adam', false],
  ])('%j and %j: %p', (one, other, same) => expect(samePerson(one, other)).toBe(same));
});
