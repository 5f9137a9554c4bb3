import type { HostTools } from '../../host/tools.ts';
import { policyArgv } from './arguments.ts';
import { inPortions } from '../shared/portions.ts';
import { runPackageTool } from './run.ts';

/**
 * The newest version that a security repository offers, by the name that was asked for; only where
 * it is newer than the installed one. `sourceList` has the security repositories only, so that a
 * later point release does not hide the fix that it contains.
 */
export async function securityVersions(
  tools: HostTools,
  sourceList: string,
  names: readonly string[],
): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const portion of inPortions(names)) {
    const { stdout } = await runPackageTool(
      tools,
      policyArgv(sourceList, portion),
      'the versions of the security repositories could not be listed',
    );
    for (const [name, version] of parsePolicy(stdout)) versions.set(name, version);
  }
  return versions;
}

/** Reads `apt-cache policy`: a name in the first column, then `Installed:` and `Candidate:` below it. */
export function parsePolicy(stdout: string): Map<string, string> {
  const candidates = new Map<string, string>();
  for (const block of stdout.split(/^(?=\S)/m)) {
    const [, name] = /^(\S+):\n/.exec(block) ?? [];
    const [, installed] = /^ {2}Installed: (\S+)$/m.exec(block) ?? [];
    const [, candidate] = /^ {2}Candidate: (\S+)$/m.exec(block) ?? [];
    if (name === undefined || candidate === undefined) continue;
    if (candidate !== '(none)' && candidate !== installed) candidates.set(name, candidate);
  }
  return candidates;
}
