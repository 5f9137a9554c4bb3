/** The command `patchcycle` of a clone: the built one, built first where it is missing or stale. */
import { ensureBuilt } from '../src/lab/build-product.ts';

await ensureBuilt((line) => process.stderr.write(`patchcycle: ${line}\n`));
await import(new URL('../dist/patchcycle.js', import.meta.url).href);
