import { jest } from '@jest/globals';

declare const LAYER_TIMEOUT_MS: number;

// Bounds every test and hook of the layer; see jest.config.mjs.
jest.setTimeout(LAYER_TIMEOUT_MS);
