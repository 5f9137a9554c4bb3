import type { Argv, HostTools } from '../../host/tools.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { Simulation } from './parse-simulation.ts';
import { askPackageTool, packageToolFailure } from './run.ts';

/** A simulation, with the words in which dnf says what is in the way of what it skips. */
export type Simulated = Simulation & { problems: string[][] };

/**
 * Has dnf say what it would do. It ends with 1 when it was told not to go on, and when it cannot:
 * so what it wrote is judged. Throws what its words mean where it speaks of no transaction.
 */
export async function simulate(tools: HostTools, dialect: Dialect, argv: Argv): Promise<Simulated> {
  const result = await askPackageTool(tools, argv);
  const simulation =
    result.exitCode === null || result.truncated ? null : dialect.parseSimulation(result.stdout);
  if (simulation === null) {
    throw packageToolFailure(result, 'the update could not be simulated', 'resolution');
  }
  return { ...simulation, problems: parseProblems(`${result.stdout}\n${result.stderr}`) };
}

/** Blocks that begin with ` Problem 1: ` or `Problem: `, with lines `  - …` below; see libsolv. */
export function parseProblems(output: string): string[][] {
  const problems: string[][] = [];
  for (const line of output.split('\n')) {
    const [, first] = /^ ?Problem(?: \d+)?: (.+)$/.exec(line) ?? [];
    const [, further] = /^ {2,}- (.+)$/.exec(line) ?? [];
    if (first !== undefined) problems.push([first]);
    else if (further !== undefined) problems.at(-1)?.push(further);
  }
  return problems;
}

const REASON = /requires|conflicts|nothing provides|obsoletes|same name|excluded|filtered/;

/** Why a version could not be brought, in the words of the problem that names it; null where none does. */
export function explain(
  problems: readonly string[][],
  { name, version }: { name: string; version: string },
): string | null {
  const words = `${name}-${version}.`;
  const problem = problems.find((lines) => lines.some((line) => line.includes(words)));
  const reason =
    problem?.find((line) => line.includes(words) && REASON.test(line)) ??
    problem?.find((line) => REASON.test(line));
  return reason ?? null;
}
