import { InvalidArgumentError, Option, type Command } from 'commander';
import { extname, resolve } from 'node:path';
import { BadRequest, type Audit } from '../../client/index.ts';
import { HostName } from '../../domain/names.ts';
import { EXIT } from '../exit-codes.ts';
import { parser, type Answer, type Context, type Kit } from '../kit.ts';
import { auditText } from '../render/audit.ts';
import { writePrivately } from '../write-file.ts';

const FORMATS = ['csv', 'json', 'html'] as const;
type Format = (typeof FORMATS)[number];

type Options = {
  since: string;
  host?: string;
  format?: Format;
  output?: string;
  reports?: string;
};

export function auditCommand(kit: Kit): Command {
  return kit
    .connected('audit', 'list every cycle since a date: changes, CVEs, approvers and issues')
    .requiredOption('--since <date>', 'cycles that began then or later (UTC): 2026-10-01', momentOf)
    .option('--host <host>', 'only of this host', parser(HostName))
    .addOption(
      new Option(
        '--format <format>',
        'everything in one document; default a short list, or what the ending of --output says',
      ).choices(FORMATS),
    )
    .option('--output <file>', 'write it to a file')
    .option(
      '--reports <place>',
      'the store of reports that the central workers write to: a folder, or s3://BUCKET/FOLDER (PATCHCYCLE_REPORTS)',
    )
    .addHelpText(
      'after',
      `
It reads the stored reports, and asks Temporal for cycles that have none: those that run, and those
that were ended from outside.

Examples:
  patchcycle audit --since 2026-10-01
  patchcycle audit --since 2026-10-01 --output audit.csv
  patchcycle audit --since 2026-11-01 --host db-1 --json | jq '.entries[].cves'`,
    )
    .action(kit.action(audit));
}

async function audit(context: Context, options: Options): Promise<Answer> {
  const format = formatOf(options, context.json);
  const { since, host, reports, output } = options;
  const client = await context.connect();
  const found = await client.audit({ since, host, reports });
  const text = await rendered(found, format, context);
  if (output === undefined) {
    if (format !== null) found.notes.forEach((note) => context.say(note));
    return { exitCode: EXIT.good, document: found, text: text.trimEnd() };
  }
  const file = resolve(context.io.workingDirectory, output);
  await writePrivately(file, text, 'The audit');
  found.notes.forEach((note) => context.say(note));
  return {
    exitCode: EXIT.good,
    document: { file, cycles: found.entries.length, notes: found.notes },
    text: `Wrote ${found.entries.length} cycles to ${file}`,
  };
}

/** Null for the short list. */
function formatOf({ format, output }: Options, json: boolean): Format | null {
  const ending = extname(output ?? '').slice(1);
  const wanted = format ?? FORMATS.find((known) => known === ending);
  if (json && output === undefined && wanted !== undefined && wanted !== 'json') {
    throw new BadRequest(
      `--json prints the audit as JSON, and --format ${wanted} wants another form.`,
      'Leave out one of the two, or write the other form with --output FILE.',
    );
  }
  return wanted ?? (output === undefined ? null : 'json');
}

async function rendered(found: Audit, format: Format | null, { look }: Context): Promise<string> {
  switch (format) {
    case null:
      return auditText(found, look);
    case 'json':
      return `${JSON.stringify(found, null, 2)}\n`;
    case 'csv':
      return (await import('../../report/audit/csv.ts')).auditCsv(found);
    case 'html':
      return (await import('../../report/audit/html.ts')).auditHtml(found);
  }
}

/** A day, which begins at midnight UTC, or a moment. */
function momentOf(value: string): string {
  const shape = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/;
  const time = new Date(value);
  const isReal = shape.test(value) && !Number.isNaN(time.getTime());
  // JavaScript takes the 31st of February for a day in March.
  if (isReal && time.toISOString().startsWith(value.slice(0, 10))) return time.toISOString();
  throw new InvalidArgumentError('a date reads 2026-10-01, or 2026-10-01T08:00Z');
}
