import { describe, expect, it } from '@jest/globals';
import { missingPackages, missingSentence } from '../../src/lab/requirements.ts';

describe("The lab's requirements", () => {
  it('name each missing package once', async () => {
    expect(await missingPackages('/nonexistent')).toEqual([
      'createrepo-c',
      'dpkg',
      'gpg',
      'gpg-agent',
      'gpgconf',
      'mmdebstrap',
      'rpm',
      'systemd-container',
      'util-linux',
    ]);
  });

  it('are said in one sentence with the command that installs them', () => {
    expect(missingSentence(['gpg', 'mmdebstrap'])).toBe(
      "The lab's hosts need gpg, mmdebstrap, which this machine lacks; " +
        'install with: apt-get update && apt-get install --no-install-recommends gpg mmdebstrap',
    );
  });
});
