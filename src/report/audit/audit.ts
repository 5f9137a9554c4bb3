import type { AuditEntry } from './entry.ts';

/** What was done to hosts, cycle by cycle, in the order of their beginnings. */
export type Audit = {
  /** Cycles that began at this moment or later; ISO 8601, UTC. */
  since: string;
  /** Null for all hosts. */
  host: string | null;
  madeAt: string;
  /** Where the stored reports are. */
  store: string;
  /** What a reader has to know of where this comes from, one sentence each. */
  notes: string[];
  entries: AuditEntry[];
};
