import type { Report } from '../domain/report.ts';
import { openStore, reportsLocation } from '../store/open.ts';
import { listReports, readReport } from '../store/read-reports.ts';
import { runKey, runKeyOf } from '../store/report-name.ts';
import { NoReport } from './errors.ts';

const EVER = new Date(0).toISOString();

export type StoredReports = {
  /** The store; default PATCHCYCLE_REPORTS, as for central workers. */
  reports?: string | undefined;
};

/**
 * The report of a cycle that Temporal has forgotten: of the latest one, or of one run. Where the
 * store has none, `location` says which store was looked into.
 * Throws NoReport when it cannot be read, StepFailure `ReportStoreFailed`.
 */
export async function storedReport(
  host: string,
  runId: string | undefined,
  { reports }: StoredReports,
): Promise<{ report: Report | null; location: string }> {
  const store = await openStore(reports ?? reportsLocation(process.env));
  const { location } = store;
  const stored = await listReports(store, { since: EVER, host });
  const wanted = stored.findLast(
    (of) => runId === undefined || runKey(of) === runKeyOf(host, runId),
  );
  if (wanted === undefined) return { report: null, location };
  const read = await readReport(store, wanted);
  if (read.ok) return { report: read.report, location };
  throw new NoReport(
    `The report of ${host} in the store ${location} cannot be read: ${read.problem}.`,
    'Look at the file there; the host itself keeps its reports in /var/lib/patchcycle.',
  );
}
