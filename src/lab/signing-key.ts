import { mkdir } from 'node:fs/promises';
import { runOrThrow } from './run.ts';

/** A throw-away key that signs a lab repository. */
export type SigningKey = {
  /** The public key, ASCII-armoured, as /etc/apt/keyrings takes it. */
  publicKey: string;
  /** The text with its signature around it, as an InRelease file is. */
  sign(text: string): Promise<string>;
};

/** Makes a key that lives in `directory`; it is gone when the directory is removed. No process is left behind. */
export async function createSigningKey(directory: string): Promise<SigningKey> {
  await mkdir(directory, { mode: 0o700 });
  const gpg = async (...args: string[]) =>
    withoutAgent(directory, () =>
      runOrThrow([
        'gpg',
        '--homedir',
        directory,
        '--batch',
        '--quiet',
        '--passphrase',
        '',
        '--pinentry-mode',
        'loopback',
        ...args,
      ]),
    );
  await gpg('--quick-generate-key', 'patchcycle lab', 'ed25519', 'sign', 'never');
  const publicKey = await gpg('--armor', '--export');
  return {
    publicKey,
    sign: async (text) =>
      withoutAgent(directory, () =>
        runOrThrow(
          [
            'gpg',
            '--homedir',
            directory,
            '--batch',
            '--quiet',
            '--digest-algo',
            'SHA256',
            '--clearsign',
          ],
          {
            input: text,
          },
        ),
      ),
  };
}

/** gpg starts an agent that would stay; it is asked to end after each use. */
async function withoutAgent<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await runOrThrow(['gpgconf', '--homedir', directory, '--kill', 'gpg-agent']);
  }
}
