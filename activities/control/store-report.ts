import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Report } from '../../src/domain/report.ts';
import { writeFileAtomically } from '../../src/host/atomic-file.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';

/**
 * Where reports are kept: `PATCHCYCLE_REPORTS`, otherwise `patchcycle/reports` in the XDG state
 * directory of whoever runs the central worker.
 */
export function reportsDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const state = environment['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  return environment['PATCHCYCLE_REPORTS'] || join(state, 'patchcycle', 'reports');
}

/**
 * Keeps a report as JSON, Markdown and HTML, named by host and cycle; doing it again writes the
 * same files again. Answers where the HTML page is. Reports tell what is installed on hosts, so
 * only their owner can read them. Throws a ZodError on what is no report.
 */
export async function storeReport(
  document: unknown,
  directory: string,
): Promise<{ location: string }> {
  const report = Report.parse(document);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // Host and cycle passed their strict patterns: neither has a slash.
  const base = join(directory, `${report.host}-${report.cycle}`);
  await writeFileAtomically(`${base}.json`, `${JSON.stringify(report, null, 2)}\n`);
  await writeFileAtomically(`${base}.md`, renderMarkdown(report));
  await writeFileAtomically(`${base}.html`, renderHtml(report));
  return { location: `${base}.html` };
}
