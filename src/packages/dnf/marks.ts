import type { Change } from '../../domain/plan.ts';
import type { HostTools } from '../../host/tools.ts';
import type { InstallInput } from '../port.ts';
import { inPortions } from '../shared/portions.ts';
import { markArgv, reasonsArgv, splitFields } from './arguments.ts';
import type { Dialect } from './dialects/dialect.ts';
import { runPackageTool } from './run.ts';
import { packageStates } from './states.ts';

const AUTOMATIC = /^(?:weak[ -])?dependency$/i;

/**
 * Packages that were installed for others' sake only, as `NAME.ARCHITECTURE`. An archive that is
 * named counts as wanted for its own; then `autoremove` would never again clean it up.
 */
export async function readAutomaticMarks(tools: HostTools, dialect: Dialect): Promise<string[]> {
  const { stdout } = await runPackageTool(
    tools,
    reasonsArgv(dialect),
    'the marks of automatically installed packages could not be read',
  );
  return splitFields(stdout)
    .filter(([, , reason = '']) => AUTOMATIC.test(reason))
    .map(([name, architecture]) => `${name}.${architecture}`);
}

/**
 * Brings the marks back to `automatic`, and marks what came anew for the sake of the plan's other
 * packages. What replaces another package is not that: it keeps the mark that dnf gave it.
 */
export async function restoreMarks(
  tools: HostTools,
  dialect: Dialect,
  { changes, allowed, removals }: InstallInput,
  automatic: readonly string[],
): Promise<void> {
  const states = await packageStates(tools);
  const present = new Set(states.map(operandOf));
  const known = [...allowed, ...changes];
  const wanted = new Set(automatic);
  for (const change of known) {
    if (wanted.has(operandOf({ ...change, architecture: oldArchitecture(change) }))) {
      wanted.add(operandOf(change));
    }
    const versions = states.filter(({ name }) => name === change.name).length;
    if (change.oldVersion === null && removals.length === 0 && versions === 1) {
      wanted.add(operandOf(change));
    }
  }
  const now = new Set(await readAutomaticMarks(tools, dialect));
  const changed = (from: ReadonlySet<string>, to: ReadonlySet<string>) =>
    [...to].filter((operand) => present.has(operand) && !from.has(operand));
  await mark(tools, dialect, 'automatic', changed(now, wanted));
  await mark(tools, dialect, 'manual', changed(wanted, now));
}

function oldArchitecture({ architecture, oldArchitecture: old }: Change): string {
  return old ?? architecture;
}

function operandOf({ name, architecture }: { name: string; architecture: string }): string {
  return `${name}.${architecture}`;
}

async function mark(
  tools: HostTools,
  dialect: Dialect,
  kind: 'automatic' | 'manual',
  operands: readonly string[],
): Promise<void> {
  for (const portion of inPortions(operands)) {
    await runPackageTool(
      tools,
      markArgv(dialect, kind, portion),
      'the marks of automatically installed packages could not be put back',
    );
  }
}
