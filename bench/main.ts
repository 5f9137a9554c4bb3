/**
 * Measures what the project promises about speed and size, as ratios within one run wherever
 * there is a peer, and prints a table and, with --json, one JSON document:
 *
 *     npm run bench [-- --json] [-- NAME ...]
 */
import { agentMemory, agentSize } from './agent.ts';
import { backupAgainstTar, restoreAgainstTar } from './backup.ts';
import { cycleAgainstRawCommands, stepAfterReboot } from './cycle.ts';
import { orchestration } from './orchestration.ts';
import { parkedCycles } from './parked.ts';
import { isReached, type BenchResult } from './result.ts';
import { rolloutHistory } from './rollout-history.ts';
import { rolloutSpeed } from './rollout-speed.ts';
import { rolloutStatus } from './rollout-status.ts';

const BENCHES: Record<string, () => Promise<BenchResult | BenchResult[]>> = {
  cycle: cycleAgainstRawCommands,
  backup: backupAgainstTar,
  restore: restoreAgainstTar,
  'after-reboot': stepAfterReboot,
  orchestration,
  rollout: rolloutSpeed,
  parked: parkedCycles,
  'rollout-status': rolloutStatus,
  'rollout-history': rolloutHistory,
  memory: agentMemory,
  size: agentSize,
};

const asJson = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}`,
  );
  process.exit(1);
}

// What was started for a measurement is ended at the exit, and a signal alone is none.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(1));
}

const results: BenchResult[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`measuring ${name} ...`);
  for (const result of [await bench()].flat()) {
    results.push(result);
    // Said at once, so that a run that is stopped has not measured for nothing.
    console.error(
      `  ${result.measured.toFixed(3)} ${result.unit}, limit ${result.limit}: ${result.detail}`,
    );
  }
}
console.log(asJson ? JSON.stringify(results, null, 2) : table(results));
process.exitCode = results.every(isReached) ? 0 : 2;

function table(rows: BenchResult[]): string {
  return [
    '| what | measured | must reach | |',
    '| --- | --- | --- | --- |',
    ...rows.map((row) => {
      const { what, measured, unit, limit, detail } = row;
      return `| ${what} | ${measured.toFixed(3)} ${unit}${isReached(row) ? '' : ' **missed**'} | ${limit} ${unit} | ${detail} |`;
    }),
  ].join('\n');
}
