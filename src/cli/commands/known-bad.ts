import type { Command } from 'commander';
import { PackageName, PackageVersion, PersonName, Reason } from '../../domain/names.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { personName } from '../person.ts';
import { knownBadText } from '../render/known-bad.ts';

export function knownBadCommand(kit: Kit): Command {
  const list = kit
    .connected('list', 'the versions that plans leave out, and those that one host suspects')
    .option('--all', 'also those that were cleared')
    .action(kit.action(listVersions));
  const clear = kit
    .connected('clear', 'a version is good after all: plans take it again')
    .argument('<package>', 'the package', parser(PackageName))
    .argument('<version>', 'the version', parser(PackageVersion))
    .requiredOption('--why <text>', 'a sentence for the record; has to be said', parser(Reason))
    .option('--by <name>', 'who decides; default your login', parser(PersonName))
    .action(kit.action(clearVersion));
  return kit
    .group('known-bad', 'package versions after which hosts had to be restored')
    .addCommand(list, { isDefault: true })
    .addCommand(clear);
}

async function listVersions(context: Context, { all }: { all?: boolean }): Promise<Answer> {
  const client = await context.connect();
  const versions = (await client.knownBad()).filter(({ cleared }) => all || cleared === undefined);
  return {
    exitCode: EXIT.good,
    document: { versions },
    text: knownBadText(versions, context.look),
  };
}

async function clearVersion(
  context: Context,
  name: string,
  version: string,
  options: { why: string; by?: string },
): Promise<Answer> {
  const by = personName(context.io, options.by);
  const client = await context.connect();
  await client.clearKnownBad({ package: name, version, by, why: options.why });
  const { paint, symbols } = context.look;
  return {
    exitCode: EXIT.good,
    document: { package: name, version, by, cleared: true },
    text: `${paint('green', symbols.done)} ${name} ${version} is cleared by ${by}: plans take it again.`,
  };
}
