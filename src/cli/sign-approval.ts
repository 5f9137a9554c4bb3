import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { approvalToSign, BadRequest, type HostStatus } from '../client/index.ts';
import { APPROVAL_NAMESPACE } from '../domain/approval-text.ts';
import type { Io } from './io.ts';
import type { Context } from './kit.ts';

export type Signed = { signature: string; expires: string };

/** Whether an approval of this host has to be signed, as far as its cycle can be asked. */
export function wantsSignature({ cycle }: HostStatus): boolean {
  return cycle?.state.name === 'awaiting-approval' && cycle.state.signing !== undefined;
}

/** Throws BadRequest, with the command that would do, where a signature is needed and no key is named. */
export function requireKey(status: HostStatus, key: string | undefined, digest: string): void {
  if (key !== undefined || !wantsSignature(status)) return;
  const { host } = status;
  throw new BadRequest(
    `${host} takes only signed approvals, and no key was named. Nothing was sent.`,
    `patchcycle approve ${host} --digest ${digest.slice(0, 12)} --key ~/.ssh/id_ed25519 (or the .pub of a key that your ssh-agent has)`,
  );
}

/**
 * Signs the approval with ssh-keygen, which asks for the key's passphrase on the terminal or uses
 * the ssh-agent. Null where the host asks for no signature, or nobody answers for its cycle; the
 * cycle then judges what it is sent. Throws BadRequest when no signature came of it.
 */
export async function signApproval(
  { io, say }: Context,
  status: HostStatus,
  key: string,
  words: { by: string; digest: string },
): Promise<Signed | null> {
  if (status.cycle === null) return null;
  const asked = approvalToSign(status, words);
  if (asked === null) {
    say(`${status.host} asks for no signature, so none is made.`);
    return null;
  }
  say(`What you sign:\n${asked.text.trimEnd()}`);
  const path = resolve(io.workingDirectory, key);
  const signature = await sign(path, asked.text, io);
  return { signature, expires: asked.expires };
}

async function sign(path: string, message: string, { env, stderr }: Io): Promise<string> {
  const child = spawn('ssh-keygen', ['-Y', 'sign', '-f', path, '-n', APPROVAL_NAMESPACE], {
    env: { ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // It may end before it has read the text; how it ended is told below.
  child.stdin.on('error', () => undefined);
  const started = once(child, 'spawn');
  const ended = once(child, 'close') as Promise<[number | null]>;
  // Where it cannot be started, both are rejected, and one is told.
  ended.catch(() => undefined);
  const output = textOf(child.stdout);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    // A key on a token is touched when it says so; a person has to see that.
    if (!chunk.startsWith('Signing data')) stderr.write(chunk);
  });
  try {
    await started;
  } catch (error) {
    throw new BadRequest(
      `ssh-keygen could not be started, so nothing was signed or sent: ${error instanceof Error ? error.message : String(error)}`,
      'Install its package, which is called openssh-client or openssh-clients.',
      { cause: error },
    );
  }
  child.stdin.end(message);
  const [exitCode] = await ended;
  if (exitCode === 0) return await output;
  throw new BadRequest(
    `ssh-keygen made no signature with ${path}; nothing was sent: ${said.trim().slice(-500)}`,
    'Name your private key, or the .pub of a key that your ssh-agent has (ssh-add -l).',
  );
}
