import type { Command } from 'commander';
import { configSchema } from '../../../planning/config-schema.ts';
import { EXIT } from '../../exit-codes.ts';
import type { Answer, Kit } from '../../kit.ts';

export function schemaCommand(kit: Kit): Command {
  return kit
    .command('schema', 'print the JSON Schema of the file, for your editor')
    .addHelpText(
      'after',
      `
Example, with the YAML extension of your editor:
  patchcycle inventory schema > patchcycle.schema.json
  sed -i '1i # yaml-language-server: $schema=patchcycle.schema.json' patchcycle.yaml`,
    )
    .action(kit.action(printSchema));
}

async function printSchema(): Promise<Answer> {
  const document = configSchema();
  return { exitCode: EXIT.good, document, text: JSON.stringify(document, null, 2) };
}
