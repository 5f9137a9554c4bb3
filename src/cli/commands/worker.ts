import type { Command } from 'commander';
import { EXIT } from '../exit-codes.ts';
import type { Answer, Context, Kit } from '../kit.ts';
import { builtFile } from '../source-tree.ts';

type Options = {
  profile?: string;
  address?: string;
  namespace?: string;
  reports?: string;
  config?: string;
};

export function workerCommand(kit: Kit): Command {
  return kit
    .connected('worker', 'run a central worker, until Ctrl-C or SIGTERM; any number may run')
    .option(
      '--reports <place>',
      'where reports of ended cycles are kept: a folder, or s3://BUCKET/FOLDER (PATCHCYCLE_REPORTS)',
    )
    .option('--config <file>', 'how people are told, and where; default PATCHCYCLE_CONFIG')
    .addHelpText(
      'after',
      `
It runs the workflows, keeps the reports and tells people that they are waited for. It tries for ever to reach Temporal.

Example:
  TEMPORAL_ADDRESS=temporal.example.org:7233 patchcycle worker`,
    )
    .action(kit.action(worker));
}

async function worker({ say }: Context, options: Options): Promise<Answer> {
  const { runCentralWorker } = await import('../../worker/central.ts');
  const { profile, address, namespace, reports, config } = options;
  await runCentralWorker({
    bundlePath: builtFile('workflows.js'),
    connection: { profile, address, namespace },
    configFile: config,
    ...(reports === undefined ? {} : { reports }),
    say,
  });
  return { exitCode: EXIT.good, document: { stopped: true }, text: '' };
}
