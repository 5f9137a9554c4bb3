export {
  startEmbeddedServer,
  type EmbeddedServer,
  type EmbeddedServerOptions,
} from './embedded-server.ts';
export { findTemporalCli, findTestServer } from './executable.ts';
