import { Report } from '../../src/domain/report.ts';
import { renderHtml } from '../../src/report/html.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import type { ReportStore } from '../../src/store/port.ts';
import { reportName } from '../../src/store/report-name.ts';

/**
 * Keeps a report as JSON, Markdown and HTML, named by host and cycle; doing it again writes the
 * same files again. Answers where the HTML page is. Throws a ZodError on what is no report, and
 * StepFailure `ReportStoreFailed`.
 */
export async function storeReport(
  document: unknown,
  store: ReportStore,
): Promise<{ location: string }> {
  const report = Report.parse(document);
  const name = reportName(report);
  // The document comes last: whoever finds it finds the pages too.
  await store.put(`${name}.md`, renderMarkdown(report));
  const location = await store.put(`${name}.html`, renderHtml(report));
  await store.put(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  return { location };
}
