import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT, runNode } from '../stage.ts';

/** The layers of tests, cheapest first, with the most that one may take. */
export const LAYERS = {
  unit: { timeoutMs: 10 * 60_000, jestArguments: ['--maxWorkers=2'] },
  // Two at a time: they wait for servers, boots and soaks more than they compute.
  server: { timeoutMs: 30 * 60_000, jestArguments: ['--maxWorkers=2'] },
  host: { timeoutMs: 75 * 60_000, jestArguments: ['--maxWorkers=2'] },
} as const;
export type Layer = keyof typeof LAYERS;

export type Count = { passed: number; failed: number };

/**
 * Runs the tests of one layer. A suite that could not run counts as a failed test, and so does
 * every test that was skipped; a layer in which no test ran is one failure.
 */
export async function runLayer(layer: Layer, extra: readonly string[]): Promise<Count> {
  const { timeoutMs, jestArguments } = LAYERS[layer];
  const report = join(ROOT, '.cache', 'tests', `${layer}.json`);
  await mkdir(join(report, '..'), { recursive: true });
  await rm(report, { force: true });
  const good = await runNode(
    [
      // Jest loads native ES modules only with this.
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      join(ROOT, 'node_modules/jest/bin/jest.js'),
      ...['--selectProjects', layer, '--json', `--outputFile=${report}`, ...jestArguments],
      ...extra,
    ],
    timeoutMs,
  );
  // Without a report Jest itself has failed, and has said why.
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const count = countOf(JSON.parse(await readFile(report, 'utf8')) as JestReport, extra.length > 0);
  // Not good although no test failed: Jest did not come to an end, because something is left open.
  return good || count.failed > 0 ? count : { ...count, failed: 1 };
}

/** What is used of what `jest --json` writes. */
type JestReport = {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
};

function countOf(report: JestReport, isSelection: boolean): Count {
  const { numPassedTests: passed, numFailedTests, numRuntimeErrorTestSuites } = report;
  // With a selection such as `-t` the others count as pending.
  const notRun = isSelection ? 0 : report.numPendingTests + report.numTodoTests;
  const failed = numFailedTests + numRuntimeErrorTestSuites + notRun;
  return { passed, failed: passed + failed === 0 ? 1 : failed };
}
