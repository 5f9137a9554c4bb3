#!/usr/bin/env node
/**
 * The command `patchcycle`. Installed as a package it is what the build made. In a clone it first
 * installs and builds what is missing or stale, and runs on the clone's own Node.
 */
import { existsSync } from 'node:fs';

const NODE_MAJOR_MIN = 24;

try {
  if (existsSync(new URL('../package-lock.json', import.meta.url))) {
    const { runOnProjectNode } = await import('../scripts/bootstrap.mjs');
    process.exitCode = await runOnProjectNode('scripts/command.ts', process.argv.slice(2));
  } else if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
    throw new Error(
      `it needs Node ${NODE_MAJOR_MIN} or newer, and this is ${process.version}; run it with a newer one`,
    );
  } else {
    await import('../dist/patchcycle.js');
  }
} catch (error) {
  process.stderr.write(`patchcycle: ${error.message}\n`);
  process.exitCode = 1;
}
