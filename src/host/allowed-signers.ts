import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { APPROVAL_NAMESPACE } from '../domain/approval-text.ts';
import { StepFailure } from '../domain/failure.ts';
import { commandFailure } from './command.ts';
import { orIfMissing } from './errno.ts';
import { readGuardedFile } from './guarded-file.ts';
import type { CommandResult, RunCommand } from './tools.ts';

const GROUP_OR_WORLD_WRITE = 0o022;

/** A line with a key: who, perhaps options, kind of key, key. */
const SIGNER = /^[^\S\n]*[^#\s].*\s\S*(?:ssh|ecdsa)\S*\s+[A-Za-z0-9+/=]{20,}/m;

/**
 * Makes sure that signatures can be verified on this host, before anybody is asked for one.
 * Fails with `HostRefuses` when the file names nobody or others than root could change it, and
 * with `UnsupportedHost` when there is no ssh-keygen.
 */
export async function requireSigners(run: RunCommand, path: string): Promise<void> {
  await readSigners(path);
  // Without a subcommand that it knows it shows its usage and ends; nothing is read or written.
  const result = await run(['ssh-keygen', '-?'], { timeoutMs: 10_000 });
  if (isMissing(result)) throw noTool(result);
}

export type SignatureQuestion = {
  /** The file of allowed signers, from agent.yaml. */
  signers: string;
  /** A directory that only root can use; what is needed in it is deleted again. */
  scratch: string;
  by: string;
  text: string;
  signature: string;
};

/**
 * Null when the signature is one of `by` over this text, by a key that the file allows to `by`;
 * otherwise what is wrong, as a sentence. Fails as {@link requireSigners} does.
 */
export async function signatureObjection(
  run: RunCommand,
  { signers, scratch, by, text, signature }: SignatureQuestion,
): Promise<string | null> {
  const allowed = await readSigners(signers);
  const directory = await mkdtemp(join(scratch, 'signature-'));
  try {
    // A copy of what was checked, so that nothing can change between the check and its use.
    const allowedFile = join(directory, 'allowed');
    const signatureFile = join(directory, 'signature');
    await writeFile(allowedFile, allowed, { mode: 0o600, flag: 'wx' });
    await writeFile(signatureFile, signature, { mode: 0o600, flag: 'wx' });
    const ask = async (...args: string[]): Promise<CommandResult> => {
      const result = await run(['ssh-keygen', '-Y', ...args, '-s', signatureFile], { input: text });
      if (isMissing(result)) throw noTool(result);
      if (result.timedOut) throw hangs(result);
      return result;
    };
    const inNamespace = ['-n', APPROVAL_NAMESPACE];
    const verified = await ask('verify', '-f', allowedFile, '-I', by, ...inNamespace);
    if (verified.exitCode === 0) return null;
    // Refused; the rest only finds out why.
    const sound = await ask('check-novalidate', ...inNamespace);
    if (sound.exitCode !== 0) {
      return `the signature is not over this approval: it was made for another host, run, plan, name or expiry, or it was changed`;
    }
    const { stdout } = await ask('find-principals', '-f', allowedFile);
    const owners = stdout.trim().split('\n').filter(Boolean).slice(0, 3);
    if (owners.length === 0)
      return `no line of ${signers} of the host allows the key that signed, or not now (its dates)`;
    if (owners.includes(by)) {
      return `the key of ${by} may not sign approvals now, as ${signers} of the host says (its dates or namespaces)`;
    }
    return `the key that signed belongs to ${owners.join(', ').slice(0, 120)}, not to ${by}, as ${signers} of the host says`;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function readSigners(path: string): Promise<string> {
  const folder = await orIfMissing(lstat(dirname(path)), null);
  const own = process.getuid?.() ?? 0;
  if (folder !== null) {
    const where = dirname(path);
    if (!folder.isDirectory()) throw refusal(path, `${where} is not a directory`);
    if (folder.uid !== own || (folder.mode & GROUP_OR_WORLD_WRITE) !== 0) {
      throw refusal(path, `others than root can change what lies in ${where}`);
    }
  }
  const text = await readGuardedFile(
    path,
    `Make it, a line for each approver: NAME ssh-ed25519 KEY. Or take "allowedSigners" out of agent.yaml.`,
  );
  if (!SIGNER.test(text)) throw refusal(path, 'no line of it names a key');
  return text;
}

function isMissing({ exitCode, signal, timedOut }: CommandResult): boolean {
  return exitCode === null && signal === null && !timedOut;
}

function noTool(result: CommandResult): StepFailure {
  return commandFailure(
    'UnsupportedHost',
    'This host takes only signed approvals, and has no ssh-keygen to verify them.',
    result,
    'Install its package, which is called openssh-client or openssh-clients. Or take "allowedSigners" out of /etc/patchcycle/agent.yaml.',
  );
}

function hangs(result: CommandResult): StepFailure {
  return commandFailure(
    'CommandFailed',
    'ssh-keygen did not end in time, so the signature was not verified.',
    result,
    'Look at the load of the host, and send the approval again.',
  );
}

function refusal(path: string, why: string): StepFailure {
  return new StepFailure('HostRefuses', `The allowed signers in ${path} are not used: ${why}.`, {
    remedy: `It has a line for each approver, NAME ssh-ed25519 KEY, and only root may change it: chown root:root ${path}; chmod 0644 ${path}; the same for its directory, with 0755.`,
  });
}
