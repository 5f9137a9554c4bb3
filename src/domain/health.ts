import { z } from 'zod';

/** One probe's answer. `medianMs` is the middle of several tries, because a single time says little. */
export const ProbeResult = z.object({
  /** The probe in words, and the key by which two snapshots are compared: `http http://127.0.0.1/health`. */
  probe: z.string(),
  ok: z.boolean(),
  detail: z.string().max(300),
  medianMs: z.number().nullable(),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

/** How a host is at one moment; taken before the change (the baseline) and compared with later ones. */
export const HealthSnapshot = z.object({
  takenAt: z.iso.datetime(),
  /** Services that are active, by name without `.service`; transient ones of this tool left out. */
  activeServices: z.array(z.string()),
  failedUnits: z.array(z.string()),
  probes: z.array(ProbeResult),
});
export type HealthSnapshot = z.infer<typeof HealthSnapshot>;

/** Where reading of the logs goes on. */
export const LogPosition = z.object({
  /** The journal's cursor; null where there is no journal. */
  journalCursor: z.string().nullable(),
  /** Text logs by path: the file's identity and how far it was read, so that rotation is noticed. */
  files: z.array(z.object({ path: z.string(), inode: z.string(), offsetBytes: z.number() })),
});
export type LogPosition = z.infer<typeof LogPosition>;

/** A kind of error line: the line with everything that varies taken out. */
export const LogFinding = z.object({
  signature: z.string().max(300),
  source: z.string().max(300),
  count: z.number().int(),
  /** The first such line, secrets masked, 500 characters at most. */
  firstLine: z.string().max(500),
});
export type LogFinding = z.infer<typeof LogFinding>;

export const LogReport = z.object({
  soakMs: z.number(),
  linesRead: z.number().int(),
  /** Kinds of error that the baseline did not know; these decide. */
  newKinds: z.array(LogFinding).max(50),
  /** Kinds of error that were there before the change too. */
  knownKinds: z.array(LogFinding).max(50),
  /**
   * New kinds that were seen only while packages were installed and services or the host restarted,
   * and not again during the soak. They are told and do not decide.
   */
  passingKinds: z.array(LogFinding).max(50).default([]),
});
export type LogReport = z.infer<typeof LogReport>;

/** One sentence of the verification, good or bad. */
export const Check = z.object({ name: z.string(), ok: z.boolean(), detail: z.string().max(500) });
export type Check = z.infer<typeof Check>;
