// Jest runs the TypeScript sources as native ES modules (execa and the Temporal SDK need that);
// swc only strips the types.
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.cache'],
};

// The layers, cheapest first: `unit` needs neither root nor a server, `server` starts Temporal,
// `host` boots lab hosts and needs root. Jest ignores a project's own `testTimeout`, so the
// set-up file sets the layer's.
const layer = (displayName, testMatch, testTimeoutMs, more = {}) => ({
  ...shared,
  ...more,
  displayName,
  testMatch: testMatch.map((glob) => `<rootDir>/test/${glob}`),
  setupFilesAfterEnv: ['<rootDir>/test/support/set-timeout.ts'],
  globals: { LAYER_TIMEOUT_MS: testTimeoutMs },
});

export default {
  projects: [
    layer('unit', ['**/*.test.ts'], 20_000),
    layer('server', ['**/*.server-test.ts'], 120_000, {
      globalSetup: '<rootDir>/test/support/bundle-workflows.ts',
    }),
    layer('host', ['**/*.host-test.ts'], 600_000),
  ],
};
