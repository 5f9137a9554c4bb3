import { mkdir } from 'node:fs/promises';
import { runOrThrow } from './run.ts';

/** A throw-away key that signs a lab repository and its packages. */
export type SigningKey = {
  /** Where gpg finds it. */
  directory: string;
  /** The public key, ASCII-armoured. */
  publicKey: string;
  /** The text with its signature around it, as an InRelease file is. */
  sign(text: string): Promise<string>;
  /** The signature alone, ASCII-armoured, as a repomd.xml.asc file is. */
  signApart(text: string): Promise<string>;
};

/** The name of every such key. */
export const KEY_NAME = 'patchcycle lab';

/** Makes a key that lives in `directory`; it is gone when the directory is removed. No process is left behind. */
export async function createSigningKey(directory: string): Promise<SigningKey> {
  await mkdir(directory, { mode: 0o700 });
  const gpg = async (args: string[], input?: string) =>
    withoutAgent(directory, () =>
      runOrThrow(
        ['gpg', '--homedir', directory, '--batch', '--quiet', ...args],
        input === undefined ? {} : { input },
      ),
    );
  await gpg([
    '--passphrase',
    '',
    '--pinentry-mode',
    'loopback',
    '--quick-generate-key',
    KEY_NAME,
    'ed25519',
    'sign',
    'never',
  ]);
  return {
    directory,
    publicKey: await gpg(['--armor', '--export']),
    sign: (text) => gpg(['--digest-algo', 'SHA256', '--clearsign'], text),
    signApart: (text) => gpg(['--digest-algo', 'SHA256', '--armor', '--detach-sign'], text),
  };
}

/** Does work that uses gpg, which starts an agent that would stay; it is asked to end after each use. */
export async function withoutAgent<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await runOrThrow(['gpgconf', '--homedir', directory, '--kill', 'gpg-agent']);
  }
}
