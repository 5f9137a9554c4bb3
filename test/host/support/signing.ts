import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { approvalText, type ApprovalTerms } from '../../../src/domain/approval-text.ts';

const run = promisify(execFile);

/** A real SSH key of one person, as ssh-keygen makes it. */
export type Signer = {
  /** The private key's file. */
  file: string;
  /** Kind and key, as a line of allowed signers has them. */
  publicKey: string;
  /** The armored signature over these terms. */
  sign(terms: ApprovalTerms, namespace?: string): Promise<string>;
  forget(): Promise<void>;
};

export async function makeSigner(kind = 'ed25519'): Promise<Signer> {
  const directory = await mkdtemp(join(tmpdir(), 'patchcycle-key-'));
  const file = join(directory, 'key');
  await run('ssh-keygen', ['-q', '-t', kind, '-N', '', '-C', 'test', '-f', file]);
  const [type, key] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  let count = 0;
  return {
    file,
    publicKey: `${type} ${key}`,
    async sign(terms, namespace = 'patchcycle-approval') {
      const text = join(directory, `text-${++count}`);
      await writeFile(text, approvalText(terms));
      await run('ssh-keygen', ['-q', '-Y', 'sign', '-f', file, '-n', namespace, text]);
      return readFile(`${text}.sig`, 'utf8');
    },
    forget: () => rm(directory, { recursive: true }),
  };
}
