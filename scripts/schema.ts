/** Writes the JSON Schema of the operator's file, for editors (`npm run schema`). A test compares it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { configSchema } from '../src/planning/config-schema.ts';

const FILE = join(import.meta.dirname, '..', 'schema', 'inventory.schema.json');

const options = await resolveConfig(FILE);
await writeFile(FILE, await format(JSON.stringify(configSchema()), { ...options, filepath: FILE }));
