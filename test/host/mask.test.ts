import { describe, expect, it } from '@jest/globals';
import { maskArgv, maskedTail, maskSecrets } from '../../src/host/mask.ts';

const CANARY = 'c4n4ry0123456789abcdefDEADBEEF';

describe('maskSecrets', () => {
  it.each([
    `password=${CANARY}`,
    `PASSWORD: ${CANARY}`,
    `db_password = "${CANARY} with spaces"`,
    `{"token": "${CANARY}"}`,
    `export API_KEY='${CANARY}'`,
    `api-key=${CANARY}&x=1`,
    `--password ${CANARY}`,
    `--api-token=${CANARY}`,
    `Authorization: Bearer ${CANARY}`,
    `authorization: Basic dXNlcjpj${CANARY}`,
    `proxy-authorization: Digest username="a", response="${CANARY}"`,
    `sent bearer ${CANARY}`,
    `Cookie: session=${CANARY}`,
    `deb https://user:${CANARY}@mirror.example/debian stable main`,
    `https://${CANARY}@mirror.example/`,
    `postgres://user:p@${CANARY}@db.example/x`,
    `aws_secret_access_key = ${CANARY}`,
    `the token ${CANARY} was refused`,
    `secret is ${CANARY}`,
    `passphrase: ${CANARY}`,
    `client_secret=${CANARY}`,
    `ghp_${CANARY}`,
    `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n${CANARY}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${CANARY}\n(cut off here`,
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${CANARY}\n-----END PGP PRIVATE KEY BLOCK-----`,
  ])('takes the secret out of: %s', (text) => {
    expect(maskSecrets(text)).not.toContain(CANARY);
    expect(maskSecrets(text)).toContain('***');
  });

  it('takes out keys of AWS and web tokens by their own shape', () => {
    expect(maskSecrets('using AKIAIOSFODNN7EXAMPLE now')).toBe('using AKIA*** now');
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P';
    expect(maskSecrets(`got ${token}!`)).toBe('got ***!');
  });

  it.each([
    'Get:1 http://mirror.example/debian bookworm/main amd64 libssl3 amd64 3.0.15-1~deb12u1 [2,030 kB]',
    'The following signatures were invalid: EXPKEYSIG 0E98404D386FA1D9 Debian Archive Automatic Signing Key',
    'NO_PUBKEY 6ED0E7B82643E131',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1234 (apt-get)',
    'Setting up passwd (1:4.13+dfsg1-1+deb12u1) ...',
    'Basic configuration of the system is complete',
  ])('leaves what is no secret as it is: %s', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it('keeps what names the secret, so that a person sees what was there', () => {
    expect(maskSecrets(`user=web password=${CANARY} host=db`)).toBe(
      'user=web password=*** host=db',
    );
  });

  it('takes linear time on hostile input', () => {
    const hostile = ['-', 'a', '_token', 'password=', '-----BEGIN PRIVATE KEY-----', 'a://', 'eyJ'];
    for (const part of hostile) {
      const text = part.repeat(200_000 / part.length);
      expect(maskSecrets(text).length).toBeLessThanOrEqual(text.length + 1_000_000);
    }
  });
});

describe('maskArgv', () => {
  it('masks the argument after a flag that names a secret', () => {
    expect(maskArgv(['mysql', '--password', CANARY, '-u', 'root'])).toEqual([
      'mysql',
      '--password',
      '***',
      '-u',
      'root',
    ]);
  });
});

describe('maskedTail', () => {
  it('masks before it cuts, so that a cut between word and secret shows nothing', () => {
    const text = `${'x'.repeat(50)} password=${CANARY}`;
    for (let length = 1; length <= text.length; length += 1) {
      expect(maskedTail(text, length)).not.toContain(CANARY.slice(-10));
    }
  });
});
