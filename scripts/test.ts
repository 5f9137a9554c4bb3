/**
 * `npm test` makes ready what is needed and then checks everything: lint, types, build, all layers
 * of tests. `npm run test:LAYER [-- JEST ARGUMENTS]` runs the tests of one layer.
 *
 * The last line says how many tests passed and failed. Exits with 1 when a stage or a test failed,
 * or when no test ran.
 */
import { join } from 'node:path';
import { interruptedCode, ROOT, runNode, say, stage } from './stage.ts';
import { LAYERS, runLayer, type Count, type Layer } from './testing/layers.ts';
import { setUp } from './testing/set-up.ts';

/** Each takes well under a minute; on a busy machine some minutes. */
const CHECK_TIMEOUT_MS = 10 * 60_000;

const CHECKS = {
  'lint: eslint': ['eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint'],
  'lint: prettier': ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  'lint: knip': ['knip/bin/knip.js'],
  types: ['typescript/bin/tsc', '--project', '.'],
} as const;

const ALL = Object.keys(LAYERS) as Layer[];
const [only, ...jestArguments] = process.argv.slice(2);
if (only !== undefined && !isLayer(only)) {
  say(`There is no layer of tests "${only}"; there are ${ALL.join(', ')}.`);
  process.exit(1);
}
const layers = only === undefined ? ALL : [only];

const isReady = only === 'unit' || (await stage('set-up', setUpLayers));
const total: Count = { passed: 0, failed: 0 };
const good = isReady && (await runStages());
if (!isReady)
  say('Nothing was tested. Unit tests need neither root nor a server: npm run test:unit');
say(`\npatchcycle: ${total.passed} passed, ${total.failed} failed`);
process.exitCode = interruptedCode() ?? (good && total.passed > 0 ? 0 : 1);

async function setUpLayers(): Promise<boolean> {
  await setUp(layers, say);
  return true;
}

/** All of them, also after one has failed, so that one run shows all there is to mend. */
async function runStages(): Promise<boolean> {
  const results: boolean[] = [];
  if (only === undefined) {
    for (const [title, [program, ...args]] of Object.entries(CHECKS)) {
      const argv = [join(ROOT, 'node_modules', program), ...args];
      results.push(await stage(title, () => runNode(argv, CHECK_TIMEOUT_MS)));
    }
    const build = [join(ROOT, 'scripts/build.ts')];
    results.push(await stage('build', () => runNode(build, CHECK_TIMEOUT_MS)));
  }
  for (const layer of layers) {
    results.push(await stage(`tests: ${layer}`, () => testLayer(layer)));
  }
  return results.every(Boolean);
}

async function testLayer(layer: Layer): Promise<boolean> {
  const { passed, failed } = await runLayer(layer, jestArguments);
  total.passed += passed;
  total.failed += failed;
  return failed === 0;
}

function isLayer(name: string): name is Layer {
  return Object.hasOwn(LAYERS, name);
}
