import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * The agent's bundle is made small, because an idle agent's memory is for the most part code that
 * was loaded: measured on Node 24, each item below is worth 1 to 6 MB of resident memory.
 */

/** What @temporalio/worker loads for workflows, which an agent never runs. */
const FOR_WORKFLOWS =
  /^(webpack|@swc\/core|swc-loader|source-map-loader|source-map|memfs|unionfs)$/;
const FOR_WORKFLOWS_FILES =
  /@temporalio[\\/]worker[\\/]lib[\\/](workflow[\\/]bundler|debug-replayer[\\/].*)\.js$/;

const leaveOutWorkflows: Plugin = {
  name: 'leave-out-workflows',
  setup(esbuild) {
    const nothing = () => ({ contents: 'module.exports = {};' });
    esbuild.onResolve({ filter: FOR_WORKFLOWS }, ({ path }) => ({ path, namespace: 'nothing' }));
    esbuild.onLoad({ filter: /.*/, namespace: 'nothing' }, nothing);
    esbuild.onLoad({ filter: FOR_WORKFLOWS_FILES }, nothing);
  },
};

/**
 * An agent talks to Temporal through the native library. Of the JavaScript gRPC client the SDK then
 * needs the status codes; whatever else it would ask for is undefined and fails at once.
 */
const leaveOutGrpcClient: Plugin = {
  name: 'leave-out-grpc-client',
  setup(esbuild) {
    esbuild.onResolve(
      { filter: /^@grpc\/grpc-js$/ },
      async ({ path, importer, kind, pluginData }) => {
        if (pluginData === 'the real one') return undefined;
        const resolveDir = dirname(importer);
        const real = await esbuild.resolve(path, { kind, resolveDir, pluginData: 'the real one' });
        return { path: join(dirname(real.path), 'constants.js'), namespace: 'grpc-status-codes' };
      },
    );
    esbuild.onLoad({ filter: /.*/, namespace: 'grpc-status-codes' }, ({ path }) => ({
      contents: `
        module.exports = {
          status: require(${JSON.stringify(path)}).Status,
          makeGenericClientConstructor: () => class {},
        };`,
      resolveDir: dirname(path),
    }));
  },
};

/** Only the English messages of zod. */
const leaveOutLanguages: Plugin = {
  name: 'leave-out-languages',
  setup(esbuild) {
    esbuild.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

type Descriptors = {
  nested?: Record<string, Descriptors>;
  methods?: Record<string, { options?: unknown; parsedOptions?: unknown }>;
};

/**
 * Temporal's message descriptors without those of Temporal Cloud's management and without the HTTP
 * routes of the methods, which are a half of them. They are read from a string, because a literal
 * object of this size stays in memory as code, too.
 */
const leaveOutDescriptors: Plugin = {
  name: 'leave-out-descriptors',
  setup(esbuild) {
    esbuild.onLoad({ filter: /proto[\\/]protos[\\/]json-module\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const from = text.indexOf('.addJSON(') + '.addJSON('.length;
      const to = text.lastIndexOf('})') + 1;
      const packages = JSON.parse(text.slice(from, to)) as Record<string, Descriptors>;
      dropPackage(packages, ['temporal', 'api', 'cloud']);
      dropPackage(packages, ['grpc', 'gateway']);
      Object.values(packages).forEach(dropRoutes);
      const json = JSON.stringify(JSON.stringify(packages));
      return { contents: `${text.slice(0, from)}JSON.parse(${json})${text.slice(to)}` };
    });
  },
};

function dropPackage(packages: Record<string, Descriptors>, path: readonly string[]): void {
  const [first = '', ...rest] = path;
  const found = packages[first];
  if (found === undefined)
    throw new Error(`Temporal's descriptors have no ${path.join('.')} any more`);
  if (rest.length === 0) delete packages[first];
  else dropPackage(found.nested ?? {}, rest);
}

function dropRoutes({ nested = {}, methods = {} }: Descriptors): void {
  for (const method of Object.values(methods)) {
    delete method.options;
    delete method.parsedOptions;
  }
  Object.values(nested).forEach(dropRoutes);
}

/** The native library lies beside the bundle instead of in a folder of five platforms' libraries. */
const nativeLibraryBeside: Plugin = {
  name: 'native-library-beside',
  setup(esbuild) {
    esbuild.onLoad({ filter: /core-bridge[\\/]common\.js$/ }, () => ({
      contents:
        "exports.getPrebuiltPath = () => require('node:path').join(__dirname, 'core-bridge.node');",
    }));
  },
};

/** Writes each entry point as one CommonJS file, and beside it the licences of what is in it. */
export async function bundleAgent(
  entryPoints: Readonly<Record<string, string>>,
  folder: string,
): Promise<void> {
  await build({
    entryPoints: { ...entryPoints },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    minify: true,
    keepNames: true,
    legalComments: 'external',
    logLevel: 'error',
    // A single character beyond Latin-1 makes V8 keep all of the source with two bytes a character.
    // Everywhere but in tagged templates esbuild escapes them; so it shall write those as calls.
    charset: 'ascii',
    supported: { 'template-literal': false },
    // Code that asks where it lies finds out that it is bundled.
    define: { 'import.meta.dirname': 'undefined', 'import.meta.url': 'undefined' },
    plugins: [
      leaveOutWorkflows,
      leaveOutGrpcClient,
      leaveOutLanguages,
      leaveOutDescriptors,
      nativeLibraryBeside,
    ],
  });
}
