import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import { orIfMissing } from '../../host/errno.ts';
import type { CommandResult, HostTools } from '../../host/tools.ts';
import { APT_ENVIRONMENT } from './arguments.ts';
import { inPortions } from '../shared/portions.ts';
import { parseVerification, type VerifiedFile } from '../shared/verification.ts';
import { keyOf } from '../shared/key-of.ts';
import { describeState, isInterrupted, packageStates } from './states.ts';

/** Reading every file of a large plan takes a while: 1 GB of packages about 10 s. */
const VERIFY_TIMEOUT_MS = 600_000;

/**
 * Sentences about everything that is not in order: packages that are not fully installed, what
 * `dpkg --audit` finds, and files of the changed packages that are not what their package brought.
 */
export async function audit(tools: HostTools, changes: readonly Change[]): Promise<string[]> {
  const states = await packageStates(tools);
  const findings = states.filter(isInterrupted).map(describeState);
  const audited = await tools.run(['dpkg', '--audit'], { env: APT_ENVIRONMENT });
  if (audited.exitCode !== 0 || audited.stdout.trim() !== '') {
    // Packages that are named above are in there again; anything else must not be lost.
    if (findings.length === 0) findings.push(`dpkg --audit: ${flat(audited)}`);
  }
  const known = new Set(states.map(keyOf));
  const names = changes.map(keyOf).filter((key) => known.has(key));
  const isExcluded = await readExclusions();
  for (const portion of inPortions(names)) {
    const argv = ['dpkg', '--verify', '--', ...portion] as const;
    const verified = await tools.run([...argv], {
      env: APT_ENVIRONMENT,
      timeoutMs: VERIFY_TIMEOUT_MS,
    });
    // Differences end it with 0 or, in newer versions, with 1; 2 is that it could not look.
    if (verified.exitCode !== 0 && verified.exitCode !== 1) throw unverifiable(verified);
    findings.push(...parseVerification(verified.stdout, isFinding(isExcluded)));
  }
  return findings;
}

function flat({ stdout, stderr }: CommandResult): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ').trim().slice(0, 400);
}

function unverifiable(result: CommandResult): Error {
  return commandFailure(
    'CommandFailed',
    'dpkg could not compare the files of the packages',
    result,
    'Run `dpkg --verify` on the host and read what it says.',
  );
}

/**
 * A configuration file that differs, or that the administrator has deleted, is theirs to change and
 * no finding. So is a file that dpkg was told not to unpack.
 */
export function isFinding(isExcluded: (path: string) => boolean): (file: VerifiedFile) => boolean {
  return ({ path, signs, kind }) => kind !== 'c' && !(signs === 'missing' && isExcluded(path));
}

const DPKG_CONFIGURATIONS = ['/etc/dpkg/dpkg.cfg', '/etc/dpkg/dpkg.cfg.d'];

/** What `path-exclude` and `path-include` of dpkg's configuration say; images for containers leave out documentation. */
async function readExclusions(): Promise<(path: string) => boolean> {
  const [main = '', folder = ''] = DPKG_CONFIGURATIONS;
  const names = await orIfMissing(readdir(folder), []);
  const files = [...names.toSorted().map((name) => join(folder, name)), main];
  const texts = await Promise.all(files.map((file) => orIfMissing(readFile(file, 'utf8'), '')));
  return parseExclusions(texts.join('\n'));
}

/** The last rule that matches a path decides, as in dpkg. */
export function parseExclusions(text: string): (path: string) => boolean {
  const rules = [...text.matchAll(/^\s*path-(exclude|include)[ =]+(.+?)\s*$/gm)].map(
    ([, kind, pattern]) => ({ excludes: kind === 'exclude', pattern: globPattern(pattern ?? '') }),
  );
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.excludes ?? false;
}

/** dpkg's patterns are those of fnmatch(3) without flags: `*` and `?` match a slash too. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source.replaceAll('[!', '[^')}$`, 'u');
}
