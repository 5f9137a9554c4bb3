/**
 * Makes dist/ (`npm run build`): the command and the client library, the workflows' bundle, and
 * dist/agent, the folder that is copied to a host.
 */
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { build } from 'esbuild';
import { bundleAgent } from './building/agent-bundle.ts';
import { bundleWorkflows } from './building/workflow-bundle.ts';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
/** A build that fails or is broken off leaves the dist/ of before as it was. */
const NEXT = join(ROOT, '.cache', `build-${process.pid}`);

/** Folder names of core-bridge's native libraries, by what Node calls the platform. */
const CORE_BRIDGE_TARGETS: Readonly<Record<string, string>> = {
  'linux x64': 'x86_64-unknown-linux-gnu',
  'linux arm64': 'aarch64-unknown-linux-gnu',
};

/** What is copied to a host: Node, the bundles, the native library, the unit and its configuration. */
async function buildAgent(): Promise<void> {
  const folder = join(NEXT, 'agent');
  const platform = `${process.platform} ${process.arch}`;
  const target = CORE_BRIDGE_TARGETS[platform];
  if (target === undefined) {
    throw new Error(
      `Agents run on Linux with glibc, x64 or arm64; this is ${platform}. Build there.`,
    );
  }
  await bundleAgent(
    {
      agent: join(ROOT, 'src/worker/agent-main.ts'),
      'job-supervisor': join(ROOT, 'src/host/job-supervisor.ts'),
    },
    folder,
  );
  const { resolve } = createRequire(import.meta.url);
  const coreBridge = dirname(resolve('@temporalio/core-bridge/package.json'));
  await mkdir(join(folder, 'bin'));
  const copies = {
    'bin/node': join(ROOT, 'node_modules/node/bin/node'),
    'core-bridge.node': join(coreBridge, 'releases', target, 'index.node'),
    'patchcycle-agent.service': join(ROOT, 'packaging/patchcycle-agent.service'),
    'agent.yaml.example': join(ROOT, 'packaging/agent.yaml.example'),
    LICENSE: join(ROOT, 'LICENSE'),
  };
  for (const [name, source] of Object.entries(copies)) await copyFile(source, join(folder, name));
}

/** The command and the client library, for machines that have the dependencies installed: they stay outside the bundle. */
async function buildCommand(): Promise<void> {
  await build({
    entryPoints: {
      patchcycle: join(ROOT, 'src/cli/main.ts'),
      client: join(ROOT, 'src/client/index.ts'),
    },
    outdir: NEXT,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    packages: 'external',
    logLevel: 'error',
    chunkNames: 'chunks/[name]-[hash]',
  });
}

async function buildWorkflows(): Promise<void> {
  const { code } = await bundleWorkflows(new DefaultLogger('WARN'));
  await writeFile(join(NEXT, 'workflows.js'), code);
}

await mkdir(NEXT, { recursive: true });
try {
  await Promise.all([buildAgent(), buildCommand(), buildWorkflows()]);
  await rm(DIST, { recursive: true, force: true });
  await rename(NEXT, DIST);
} finally {
  await rm(NEXT, { recursive: true, force: true });
}
