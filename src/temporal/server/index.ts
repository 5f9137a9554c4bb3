export { cacheDirectory } from './cache-directory.ts';
export {
  startEmbeddedServer,
  type EmbeddedServer,
  type EmbeddedServerOptions,
} from './embedded-server.ts';
export { findTemporalCli, findTestServer, type FindOptions } from './executable.ts';
