import { join } from 'node:path';
import { CommandRecord, REPORTED_COMMANDS_MAX, type Report } from '../src/domain/report.ts';
import type { StepInput } from '../src/domain/steps.ts';
import { readSoak } from '../src/health/logs/soak-entry.ts';
import { writeFileAtomically } from '../src/host/atomic-file.ts';
import { readCommands } from '../src/host/command-log.ts';
import { renderHtml } from '../src/report/html.ts';
import { renderMarkdown } from '../src/report/markdown.ts';
import type { StepContext } from './context.ts';

/*
 * | step   | does                                                                            | undo |
 * | ------ | ------------------------------------------------------------------------------- | ---- |
 * | report | adds the commands to the draft and keeps the report in the cycle's directory   | -    |
 */

/**
 * Completes the report with what only the host knows, keeps it as JSON, Markdown and HTML, and
 * answers it. What a soak that failed had found is among that: a step that fails answers nothing
 * but its failure. Of a long list of commands the last ones are kept, because they tell how it ended.
 */
export async function report(
  context: StepContext,
  input: StepInput & { draft: Report },
): Promise<Report> {
  const { directory } = context.journal;
  const commands = (await readCommands(directory)).map((record) => CommandRecord.parse(record));
  const complete: Report = {
    ...input.draft,
    logs: input.draft.logs ?? (await readSoak(context.journal))?.end?.report ?? null,
    commands: commands.slice(-REPORTED_COMMANDS_MAX),
    commandCount: commands.length,
  };
  await context.journal.write('report', complete);
  await writeFileAtomically(join(directory, 'report.md'), renderMarkdown(complete));
  await writeFileAtomically(join(directory, 'report.html'), renderHtml(complete));
  return complete;
}
