import { Report } from '../domain/report.ts';
import { Unreadable, type ReportStore } from './port.ts';
import {
  cycleBegan,
  parseReportName,
  reportName,
  reportsOf,
  type ReportOf,
} from './report-name.ts';

export type WantedReports = {
  /** ISO 8601. */
  since: string;
  /** Default all hosts. */
  host?: string | undefined;
  /** Called while it goes on: a bucket that was filled for years is listed for minutes. */
  alive?: () => void;
};

/** The reports of cycles that began at this moment or later, by time; of one host, or of all. */
export async function listReports(
  store: ReportStore,
  { since, host, alive }: WantedReports,
): Promise<ReportOf[]> {
  const sinceMs = Date.parse(since);
  const found: ReportOf[] = [];
  for await (const name of store.list(host === undefined ? '' : reportsOf(host), '.json')) {
    alive?.();
    const of = parseReportName(name);
    if (of === null || (host !== undefined && of.host !== host)) continue;
    if (Date.parse(cycleBegan(of.cycle)) >= sinceMs) found.push(of);
  }
  return found.sort((one, other) => (one.cycle < other.cycle ? -1 : 1));
}

export type ReadReport = { ok: true; report: Report } | { ok: false; problem: string };

/** A stored report, or why it cannot be told. Throws StepFailure `ReportStoreFailed`. */
export async function readReport(store: ReportStore, of: ReportOf): Promise<ReadReport> {
  const name = `${reportName(of)}.json`;
  const text = await get(store, name);
  if (text instanceof Unreadable)
    return { ok: false, problem: `${name} is no report: ${text.message}` };
  if (text === null) return { ok: false, problem: `${name} is in the store no more` };
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { ok: false, problem: `${name} is no JSON: it was cut off, or somebody wrote over it` };
  }
  const parsed = Report.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map(String).join('.') || 'document';
    return { ok: false, problem: `${name} is no report: ${where}: ${issue?.message}` };
  }
  const { host, cycle } = parsed.data;
  return host === of.host && cycle === of.cycle
    ? { ok: true, report: parsed.data }
    : { ok: false, problem: `${name} is the report of another cycle: ${host}, ${cycle}` };
}

async function get(store: ReportStore, name: string): Promise<string | null | Unreadable> {
  try {
    return await store.get(name);
  } catch (error) {
    if (error instanceof Unreadable) return error;
    throw error;
  }
}
