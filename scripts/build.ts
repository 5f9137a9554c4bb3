/**
 * Makes dist/ (`npm run build`): the command, the workflows' bundle, and dist/agent, the folder
 * that is copied to a host.
 */
import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundleWorkflowCode } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const require = createRequire(import.meta.url);

/** Folder names of core-bridge's binaries, by what Node calls the platform. */
const CORE_BRIDGE_TARGETS: Record<string, string> = {
  'linux x64': 'x86_64-unknown-linux-gnu',
  'linux arm64': 'aarch64-unknown-linux-gnu',
};

/**
 * What @temporalio/worker loads for workflows, which an agent never runs: bundler, replayer and
 * their tools are 90 MB on disk and tens of MB of memory.
 */
const UNUSED_BY_AGENTS =
  /^(webpack|@swc\/core|swc-loader|source-map-loader|source-map|memfs|unionfs|@grpc\/proto-loader)$/;
const UNUSED_FILES =
  /@temporalio[\\/]worker[\\/]lib[\\/](workflow[\\/]bundler|debug-replayer[\\/].*)\.js$/;

const leaveOutWorkflows: Plugin = {
  name: 'leave-out-workflows',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED_BY_AGENTS }, ({ path }) => ({ path, namespace: 'nothing' }));
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
    onLoad({ filter: UNUSED_FILES }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The native library lies beside the bundle instead of in a folder of five platforms' libraries. */
const nativeLibraryBeside: Plugin = {
  name: 'native-library-beside',
  setup({ onLoad }) {
    onLoad({ filter: /core-bridge[\\/]common\.js$/ }, () => ({
      contents:
        "exports.getPrebuiltPath = () => require('node:path').join(__dirname, 'core-bridge.node');",
    }));
  },
};

async function buildAgent(): Promise<void> {
  const folder = join(DIST, 'agent');
  const target = CORE_BRIDGE_TARGETS[`${process.platform} ${process.arch}`];
  if (target === undefined) {
    throw new Error(
      `Agents run on Linux with glibc, x64 or arm64; this is ${process.platform} ${process.arch}. Build there.`,
    );
  }
  await build({
    entryPoints: {
      agent: join(ROOT, 'src/worker/agent-main.ts'),
      'job-supervisor': join(ROOT, 'src/host/job-supervisor.ts'),
    },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    keepNames: true,
    logLevel: 'error',
    // Code that asks where it lies finds out that it is bundled.
    define: { 'import.meta.dirname': 'undefined', 'import.meta.url': 'undefined' },
    plugins: [leaveOutWorkflows, nativeLibraryBeside],
  });
  const coreBridge = dirname(require.resolve('@temporalio/core-bridge/package.json'));
  await mkdir(join(folder, 'bin'), { recursive: true });
  await copyFile(
    join(coreBridge, 'releases', target, 'index.node'),
    join(folder, 'core-bridge.node'),
  );
  await copyFile(join(ROOT, 'node_modules/node/bin/node'), join(folder, 'bin/node'));
  for (const file of ['patchcycle-agent.service', 'agent.yaml.example']) {
    await copyFile(join(ROOT, 'packaging', file), join(folder, file));
  }
  await cp(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'));
}

/** The command, for machines that have the dependencies installed: they stay outside the bundle. */
async function buildCommand(): Promise<void> {
  await build({
    entryPoints: { patchcycle: join(ROOT, 'src/cli/main.ts') },
    outdir: DIST,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    sourcemap: true,
    logLevel: 'error',
    chunkNames: 'chunks/[name]-[hash]',
  });
}

async function buildWorkflows(): Promise<void> {
  const quiet = () => undefined;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows/index.ts'),
    logger: {
      log: quiet,
      trace: quiet,
      debug: quiet,
      info: quiet,
      warn: console.warn,
      error: console.error,
    },
  });
  await writeFile(join(DIST, 'workflows.js'), code);
}

await rm(DIST, { recursive: true, force: true });
await mkdir(DIST, { recursive: true });
await Promise.all([buildAgent(), buildCommand(), buildWorkflows()]);
