import { digitsOf } from '../domain/cycle-id.ts';
import { CycleId, HostName } from '../domain/names.ts';

/** Which cycle a stored report is of. */
export type ReportOf = { host: string; cycle: string };

/** What a report is called in the store, without the ending; host and cycle have no slash. */
export function reportName({ host, cycle }: ReportOf): string {
  return `${HostName.parse(host)}-${CycleId.parse(cycle)}`;
}

/** The beginning of the names of all reports of a host; reports of other hosts may begin so as well. */
export function reportsOf(host: string): string {
  return `${HostName.parse(host)}-`;
}

const STORED = /^(?<host>.{1,253})-(?<cycle>\d{8}t\d{6}z-[0-9a-f]{8})\.json$/;

/** Of which cycle the stored document of this name is; null when it is no report. */
export function parseReportName(name: string): ReportOf | null {
  const { host = '', cycle = '' } = STORED.exec(name)?.groups ?? {};
  return HostName.safeParse(host).success && CycleId.safeParse(cycle).success
    ? { host, cycle }
    : null;
}

/** When the cycle of this name began, to the second: ISO 8601, UTC. */
export function cycleBegan(cycle: string): string {
  const digits = cycle.slice(0, 15).replace('t', '');
  const part = (from: number, length: number): string => digits.slice(from, from + length);
  return `${part(0, 4)}-${part(4, 2)}-${part(6, 2)}T${part(8, 2)}:${part(10, 2)}:${part(12, 2)}Z`;
}

/** What tells one cycle from all others: its host, and the digits of its run, by which its name ends. */
export function runKey({ host, cycle }: ReportOf): string {
  return `${host} ${cycle.slice(-8)}`;
}

/** The same of a run of a workflow. */
export function runKeyOf(host: string, runId: string): string {
  return `${host} ${digitsOf(runId)}`;
}
