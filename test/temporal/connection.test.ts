import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { resolveConnection } from '../../src/temporal/connection.ts';
import { temporaryDirectory } from '../host/support/temporary.ts';

let configFile: string;
beforeEach(async () => {
  configFile = join(await temporaryDirectory(), 'temporal.toml');
  await writeFile(
    configFile,
    `[profile.default]
address = "default.example:7233"

[profile.prod]
address = "prod.example:7233"
namespace = "patching"
api_key = "c4n4ry"
`,
  );
});

describe('resolveConnection', () => {
  it('is the local server where nothing is said', () => {
    expect(resolveConnection({}, { HOME: '/nowhere' })).toMatchObject({
      address: 'localhost:7233',
      namespace: 'default',
      options: { address: 'localhost:7233', tls: undefined },
    });
  });

  it('takes a profile with its key, and encrypts then', () => {
    expect(resolveConnection({ configFile, profile: 'prod' }, {})).toMatchObject({
      address: 'prod.example:7233',
      namespace: 'patching',
      options: { apiKey: 'c4n4ry', tls: true },
    });
  });

  it('takes the default profile where none is named', () => {
    expect(resolveConnection({ configFile }, {}).address).toBe('default.example:7233');
  });

  it('lets the environment win over the profile', () => {
    const environment = { TEMPORAL_ADDRESS: 'env.example:7233', TEMPORAL_NAMESPACE: 'from-env' };
    expect(resolveConnection({ configFile, profile: 'prod' }, environment)).toMatchObject({
      address: 'env.example:7233',
      namespace: 'from-env',
      options: { apiKey: 'c4n4ry' },
    });
  });

  it('lets what is said explicitly win over the environment', () => {
    const environment = { TEMPORAL_ADDRESS: 'env.example:7233', TEMPORAL_NAMESPACE: 'from-env' };
    expect(
      resolveConnection({ address: 'said.example:7233', namespace: 'said' }, environment),
    ).toMatchObject({
      address: 'said.example:7233',
      namespace: 'said',
    });
  });

  it('takes profile and API key from the environment', () => {
    const environment = {
      TEMPORAL_CONFIG_FILE: configFile,
      TEMPORAL_PROFILE: 'prod',
      TEMPORAL_API_KEY: 'other',
    };
    expect(resolveConnection({}, environment)).toMatchObject({
      address: 'prod.example:7233',
      options: { apiKey: 'other', tls: true },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(resolveConnection({}, { HOME: '/nowhere', TEMPORAL_ADDRESS: '' }).address).toBe(
      'localhost:7233',
    );
  });

  it('encrypts by certificates that lie in files, and not when that is switched off', async () => {
    const path = join(configFile, '..', 'ca.pem');
    await writeFile(path, 'the certificate');
    const tls = {
      serverName: 'temporal.example',
      serverCaCertPath: path,
      clientCertPath: path,
      clientKeyPath: path,
    };
    const { options } = resolveConnection({ address: 'a.example:7233', tls }, {});
    expect(options.tls).toMatchObject({ serverNameOverride: 'temporal.example' });
    const certificates = options.tls as {
      serverRootCACertificate: Uint8Array;
      clientCertPair: { key: Uint8Array };
    };
    expect(Buffer.from(certificates.serverRootCACertificate).toString()).toBe('the certificate');
    expect(Buffer.from(certificates.clientCertPair.key).toString()).toBe('the certificate');
    const off = resolveConnection({ configFile, profile: 'prod', tls: { disabled: true } }, {});
    expect(off.options.tls).toBe(false);
  });

  it('refuses a profile that does not exist', () => {
    expect(() => resolveConnection({ configFile, profile: 'none' }, {})).toThrow(
      "Profile 'none' not found",
    );
  });

  it.each([
    'http://temporal.example:7233',
    'temporal.example:',
    'temporal.example:port',
    ':::bad',
    '::1',
    'two words',
    'user@temporal.example',
    'temporal.example:7233/path',
  ])('refuses an address that is none: %s', (address) => {
    expect(() => resolveConnection({ address }, {})).toThrow(
      expect.objectContaining({
        type: 'BadInput',
        details: { remedy: expect.stringContaining('HOST:PORT') },
      }),
    );
  });

  it.each(['temporal', '192.0.2.1:7233', '[2001:db8::1]:7233', 'ns.acct.tmprl.cloud:7233'])(
    'takes %s for an address',
    (address) => {
      expect(resolveConnection({ address }, {}).address).toBe(address);
    },
  );
});
