/*
 * Writes to the ends of files without a pause, until it is killed.
 *
 *   node writer.ts PATH...
 */
import { appendFileSync } from 'node:fs';

const paths = process.argv.slice(2);
process.send?.('writing');
for (;;) for (const path of paths) appendFileSync(path, 'x');
