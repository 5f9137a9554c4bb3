import { Option, type Command } from 'commander';
import { extname, resolve } from 'node:path';
import { BadRequest } from '../../client/index.ts';
import { HostName } from '../../domain/names.ts';
import type { Report } from '../../domain/report.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { writePrivately } from '../write-file.ts';

const FORMATS = ['md', 'html', 'json'] as const;
type Format = (typeof FORMATS)[number];

type Options = { format?: Format; output?: string; run?: string; reports?: string };

export function reportCommand(kit: Kit): Command {
  return kit
    .connected('report', "show the report of a host's latest ended cycle")
    .argument('<host>', 'the host', parser(HostName))
    .addOption(
      new Option('--format <format>', 'default md, or what the ending of --output says').choices(
        FORMATS,
      ),
    )
    .option('--output <file>', 'write it to a file')
    .option('--run <id>', 'one run of the cycle, by its run ID; default the latest')
    .option(
      '--reports <place>',
      'the store of reports that the central workers write to: a folder, or s3://BUCKET/FOLDER (PATCHCYCLE_REPORTS)',
    )
    .addHelpText(
      'after',
      `
Of a cycle that Temporal has forgotten (its retention time is over) it reads the stored report.

Examples:
  patchcycle report db-1
  patchcycle report db-1 --output db-1.html
  patchcycle report db-1 --json | jq '.checks[] | select(.ok == false)'`,
    )
    .action(kit.action(report));
}

async function report(context: Context, host: string, options: Options): Promise<Answer> {
  const { output, run: runId, reports } = options;
  const format = formatOf(options, context.json);
  const client = await context.connect();
  const found = await client.report(host, { ...(runId === undefined ? {} : { runId }), reports });
  const text = await rendered(found, format);
  if (output === undefined) {
    return { exitCode: EXIT.good, document: found, text: text.trimEnd() };
  }
  const file = resolve(context.io.workingDirectory, output);
  await writePrivately(file, text, 'The report');
  const { cycle, outcome } = found;
  return {
    exitCode: EXIT.good,
    document: { host, cycle, outcome, format, file },
    text: `Wrote the report of ${host} (${outcome}) to ${file}`,
  };
}

function formatOf({ format, output }: Options, json: boolean): Format {
  const ending = extname(output ?? '').slice(1);
  const byEnding = FORMATS.find((known) => known === ending);
  const wanted = format ?? byEnding;
  if (json && output === undefined && wanted !== undefined && wanted !== 'json') {
    throw new BadRequest(
      `--json prints the report as JSON, and --format ${wanted} wants another form.`,
      'Leave out one of the two, or write the other form with --output FILE.',
    );
  }
  return wanted ?? (json && output === undefined ? 'json' : 'md');
}

async function rendered(found: Report, format: Format): Promise<string> {
  if (format === 'json') return `${JSON.stringify(found, null, 2)}\n`;
  if (format === 'html') return (await import('../../report/html.ts')).renderHtml(found);
  return (await import('../../report/markdown.ts')).renderMarkdown(found);
}
