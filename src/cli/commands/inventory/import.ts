import type { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { BadRequest } from '../../../client/index.ts';
import { ShortName } from '../../../domain/names.ts';
import { importAnsible } from '../../../planning/import-ansible.ts';
import { writeInventory } from '../../../planning/write-inventory.ts';
import { EXIT } from '../../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../../kit.ts';
import { plain } from '../../paint.ts';
import { count } from '../../render/words.ts';

type Options = { policy: string; label: string[] };

/** Ten thousand hosts with a hundred variables each take about this much. */
const LIST_SIZE_MAX = 64_000_000;

export function importCommand(kit: Kit): Command {
  const ansible = kit
    .command('ansible', 'make a file of what "ansible-inventory --list" prints')
    .argument('<file>', 'what it printed; - is the standard input')
    .option('--policy <name>', 'the policy of the hosts', parser(ShortName), 'ordinary')
    .option(
      '--label <variable>',
      'make a label of this variable; may be given several times',
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .addHelpText(
      'after',
      `
The file goes to standard output. What could not be carried over is said on standard error: names
that are none here, and variables, of which --label takes some.

Examples:
  ansible-inventory -i hosts.yaml --list | patchcycle inventory import ansible - > patchcycle.yaml
  patchcycle inventory import ansible list.json --label env --policy critical`,
    )
    .action(kit.action(fromAnsible));
  return kit.group('import', 'make a file of what another tool knows').addCommand(ansible);
}

async function fromAnsible(context: Context, file: string, options: Options): Promise<Answer> {
  const { io, say, errLook } = context;
  const path = file === '-' ? null : resolve(io.workingDirectory, file);
  const imported = importAnsible(await readBounded(path), {
    policy: options.policy,
    labels: options.label,
  });
  if (!imported.ok) {
    throw new BadRequest(
      `${file} cannot be imported: ${imported.message}.`,
      'Make it with: ansible-inventory --list --output list.json',
    );
  }
  const { config, notCarried } = imported;
  const hosts = Object.keys(config.hosts ?? {}).length;
  const { paint, symbols } = errLook;
  say(`${paint('green', symbols.done)} ${count(hosts, 'host')} imported`);
  for (const sentence of notCarried) {
    say(`${paint('yellow', symbols.warning)} not as it was: ${plain(sentence)}`);
  }
  const text = writeInventory(
    config,
    'Imported from ansible. Give each host its policy, then: patchcycle inventory check FILE',
  ).trimEnd();
  return { exitCode: EXIT.good, document: { ...config, notCarried }, text };
}

/** Null is the standard input, which has a path only where it is a file or a pipe. */
async function readBounded(path: string | null): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const stream = path === null ? process.stdin : createReadStream(path);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LIST_SIZE_MAX) throw new Error(`it has more than ${LIST_SIZE_MAX} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw new BadRequest(
      `${path ?? 'The standard input'} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Name the file that ansible-inventory --list --output wrote.',
      { cause: error },
    );
  }
  return Buffer.concat(chunks).toString('utf8');
}
