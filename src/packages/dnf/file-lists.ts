import { commandFailure } from '../../host/command.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import { verdict } from '../shared/verdict.ts';

export type PackageFile = { path: string; isDirectory: boolean };

/** Mode in octal digits, as rpm's `%{FILEMODES:octal}` has it, then the path: a path may hold any other character. */
const FORMAT = '[%{FILEMODES:octal} %{FILENAMES}\\n]';

/** A large package has 100,000 files. */
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The files of an installed package, directories among them, as rpm's database has them: `/lib/x`
 * also where `/lib` is a link. Empty when it is not installed. `operand` is its name, with version
 * and architecture where those are meant.
 */
export async function readFileList(tools: HostTools, operand: string): Promise<PackageFile[]> {
  const argv = ['rpm', '--query', '--queryformat', FORMAT, '--', operand] as const;
  const result = await tools.run([...argv], { maxOutputBytes: OUTPUT_BYTES_MAX });
  if (result.exitCode === 0 && !result.truncated) return parseFileList(result.stdout);
  if (/is not installed/.test(result.stdout)) return [];
  const message = `the files of ${operand} could not be listed`;
  throw commandFailure(
    'CommandFailed',
    message,
    result,
    'Run the command on the host and read it.',
  );
}

/** The files that these archives would bring. Fails with `HashMismatch` when rpm cannot read one. */
export async function readArchiveFiles(
  tools: HostTools,
  archives: readonly string[],
): Promise<PackageFile[]> {
  const { files, result } = await listArchiveFiles(tools, archives);
  if (result.exitCode === 0 && !result.truncated) return files;
  throw verdict(
    'HashMismatch',
    'rpm cannot read the downloaded archives',
    result,
    'Nothing was installed. Have the mirror cleaned, then start the cycle again.',
  );
}

/** The same without those that cannot be read: a download that was cut off was never being installed. */
export async function readGoodArchiveFiles(
  tools: HostTools,
  archives: readonly string[],
): Promise<PackageFile[]> {
  const { files, result } = await listArchiveFiles(tools, archives);
  if (result.exitCode !== null && !result.truncated) return files;
  const message = 'the files of the downloaded archives could not be listed';
  throw commandFailure(
    'CommandFailed',
    message,
    result,
    'Run the command on the host and read it.',
  );
}

async function listArchiveFiles(
  tools: HostTools,
  archives: readonly string[],
): Promise<{ files: PackageFile[]; result: CommandResult }> {
  const words = ['--query', '--nosignature', '--queryformat', FORMAT, '--package'];
  const result = await tools.run(['rpm', ...words, '--', ...archives], {
    maxOutputBytes: OUTPUT_BYTES_MAX,
  });
  return { files: parseFileList(result.stdout), result };
}

/** `40755 /usr/share/web`: the mode's first digits are the type, see inode(7). */
export function parseFileList(stdout: string): PackageFile[] {
  return stdout.split('\n').flatMap((line) => {
    const [, mode = '', path] = /^0*(\d+) (\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, isDirectory: /^4\d{4}$/.test(mode) }];
  });
}
