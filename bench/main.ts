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
import type { BenchResult } from './result.ts';

const BENCHES: Record<string, () => Promise<BenchResult>> = {
  cycle: cycleAgainstRawCommands,
  backup: backupAgainstTar,
  restore: restoreAgainstTar,
  'after-reboot': stepAfterReboot,
  orchestration,
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

const results: BenchResult[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`measuring ${name} ...`);
  const result = await bench();
  results.push(result);
  // Said at once, so that a run that is stopped has not measured for nothing.
  console.error(
    `  ${result.measured.toFixed(3)} ${result.unit}, limit ${result.limit}: ${result.detail}`,
  );
}
console.log(asJson ? JSON.stringify(results, null, 2) : table(results));
process.exitCode = results.every(({ measured, limit }) => measured <= limit) ? 0 : 2;

function table(rows: BenchResult[]): string {
  return [
    '| what | measured | must reach | |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ what, measured, unit, limit, detail }) =>
        `| ${what} | ${measured.toFixed(3)} ${unit}${measured <= limit ? '' : ' **missed**'} | ${limit} ${unit} | ${detail} |`,
    ),
  ].join('\n');
}
