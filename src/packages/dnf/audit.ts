import type { Change } from '../../domain/plan.ts';
import { commandFailure } from '../../host/command.ts';
import type { HostTools } from '../../host/tools.ts';
import { keyOf } from '../shared/key-of.ts';
import { inPortions } from '../shared/portions.ts';
import { parseVerification, type VerifiedFile } from '../shared/verification.ts';
import { describeDouble, doublesOf, findDoubles, type Double } from './doubles.ts';
import { nevraOf, newestVersions, packageStates } from './states.ts';

/** Reading every file of a large plan takes a while: 1 GB of packages about 10 s. */
const VERIFY_TIMEOUT_MS = 600_000;

/**
 * Sentences about everything that is not in order: packages that are in the database twice, and of
 * the changed packages the files that are not what they brought and what they require in vain.
 */
export async function audit(tools: HostTools, changes: readonly Change[]): Promise<string[]> {
  const states = await packageStates(tools);
  const doubles = unique([...(await findDoubles(tools)), ...doublesOf(changes, states)]);
  const versions = newestVersions(states);
  const findings = doubles.map(describeDouble);
  const installed = changes.flatMap(({ name, architecture }) => {
    const version = versions.get(keyOf({ name, architecture }));
    return version === undefined ? [] : [nevraOf({ name, architecture, version })];
  });
  for (const portion of inPortions(installed)) {
    const argv = ['rpm', '--verify', '--', ...portion] as const;
    const verified = await tools.run([...argv], { timeoutMs: VERIFY_TIMEOUT_MS });
    // It ends with the number of differences, or of packages that have some: only a signal is a failure.
    if (verified.exitCode === null) throw unverifiable(verified);
    findings.push(...parseVerification(verified.stdout, isFinding));
    findings.push(...parseUnsatisfied(verified.stdout));
  }
  return findings;
}

function unique(doubles: readonly Double[]): Double[] {
  return [...new Map(doubles.map((double) => [nevraOf(double.newest), double])).values()];
}

function unverifiable(result: Parameters<typeof commandFailure>[2]): Error {
  return commandFailure(
    'CommandFailed',
    'rpm could not compare the files of the packages',
    result,
    'Run `rpm --verify --all` on the host and read what it says.',
  );
}

/** Files of these kinds are another's to change: configuration, and what a package only says is its own. */
const OTHERS = ['c', 'g'];

/**
 * Whether a difference is a finding: size, digest, device number and link target are. Modes, owners
 * and times are changed by administrators and by services that start.
 */
export function isFinding({ signs, kind }: Pick<VerifiedFile, 'signs' | 'kind'>): boolean {
  if (kind !== undefined && OTHERS.includes(kind)) return false;
  return signs === 'missing' || /[S5DL]/.test(signs);
}

/** Below `Unsatisfied dependencies for NAME:` a line for each, indented. */
export function parseUnsatisfied(stdout: string): string[] {
  return [
    ...stdout.matchAll(/^Unsatisfied dependencies for (\S+):\n((?:[ \t]+\S.*\n?)+)/gm),
  ].flatMap(([, nevra, lines = '']) =>
    lines
      .trim()
      .split('\n')
      .map((line) => `${nevra} lacks what it requires: ${line.trim()}`),
  );
}
