import * as workflows from './index.ts';

type WebpackContext = { (name: string): object; keys(): string[] };
type WebpackMeta = {
  webpackContext(
    directory: string,
    options: { recursive: boolean; regExp: RegExp },
  ): WebpackContext;
};

/**
 * Loaded once in a central worker, before any workflow, so that all of them share it: loaded anew,
 * libraries and schemas take three megabytes for each workflow in the worker's memory. The bundler
 * is told so in scripts/building/workflow-bundle.ts.
 *
 * Temporal freezes what is shared as deep as it reaches, so that no workflow can leave anything for
 * another. Schemas would break, because zod notes in them what it works out at their first use. It
 * goes no deeper where a module's exports are frozen already.
 */
const schemas = (import.meta as unknown as WebpackMeta).webpackContext('../src/domain', {
  recursive: false,
  regExp: /\.ts$/,
});
for (const name of schemas.keys()) Object.freeze(schemas(name));

export { workflows };
