import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { FINDINGS_MAX } from '../../domain/failure.ts';
import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import type { HostTools } from '../../host/tools.ts';
import { archivePath } from '../shared/archives.ts';
import { inPortions } from '../shared/portions.ts';
import { remedyFor } from '../shared/remedies.ts';
import { checkSignaturesArgv } from './arguments.ts';
import { DNF_REMEDIES } from './remedies.ts';
import { askPackageTool, packageToolFailure } from './run.ts';

/**
 * Fails with `SignatureInvalid` where an archive is not signed with a key that this host's rpm
 * trusts, whatever the configuration of its repository asks for; such an archive is removed.
 */
export async function requireSignatures(
  tools: HostTools,
  changes: readonly Change[],
  directory: string,
): Promise<void> {
  for (const portion of inPortions(changes)) {
    const paths = portion.map((change) => archivePath(change, directory));
    const result = await askPackageTool(tools, checkSignaturesArgv(paths));
    if (result.exitCode === 0 && paths.every((path) => isGood(result.stdout, path))) continue;
    const refused = paths.filter((path) => isRefused(result.stdout, path));
    // One that was ended says nothing about the archives.
    if (result.exitCode === null || refused.length === 0) {
      throw packageToolFailure(result, 'the signatures could not be checked', 'archives');
    }
    for (const path of refused) await rm(path, { force: true });
    throw commandFailure(
      'SignatureInvalid',
      `${basename(refused[0] ?? '')} is not signed with a key that this host trusts${more(refused)}`,
      result,
      remedyFor('SignatureInvalid', DNF_REMEDIES),
      refused.slice(0, FINDINGS_MAX).map((path) => `${path} is not signed with a key of this host`),
    );
  }
}

function more(refused: readonly string[]): string {
  return refused.length > 1 ? `, nor are ${refused.length - 1} more` : '';
}

/** `PATH: digests signatures OK`, as rpm has written it since 4.14. */
function isGood(stdout: string, path: string): boolean {
  return stdout.split('\n').includes(`${path}: digests signatures OK`);
}

function isRefused(stdout: string, path: string): boolean {
  return stdout.split('\n').some((line) => line.startsWith(`${path}: `) && / NOT OK$/.test(line));
}
