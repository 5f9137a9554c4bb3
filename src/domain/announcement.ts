import { z } from 'zod';
import { HostName } from './names.ts';
import { Advisory, RebootRequired } from './plan.ts';
import { Severity } from './severity.ts';

/** What is newer than the host, by the package lists as they are on it. */
export const Pending = z.object({
  packages: z.number().int().nonnegative(),
  security: z.number().int().nonnegative(),
  /** The security updates by severity; agents of earlier versions do not say. */
  severities: z.partialRecord(Severity, z.number().int().nonnegative()).optional(),
  /** Of the security updates; `unknown` when no changelog could be had, null when none names any. */
  oldestCve: z.union([Advisory.shape.cves.options[0].element, z.literal('unknown')]).nullable(),
});
export type Pending = z.infer<typeof Pending>;

/** What a look at the package tools found. */
export const Updates = z.object({
  /** ISO 8601, UTC, by the host's clock. */
  observedAt: z.iso.datetime(),
  /** Null when it could not be told; then `problem` says why. */
  pending: Pending.nullable(),
  problem: z.string().max(500).optional(),
  rebootPending: RebootRequired,
});
export type Updates = z.infer<typeof Updates>;

/** What an agent says of its host, at its start, every hour, and after each cycle. */
export const Announcement = z.object({
  host: HostName,
  agentVersion: z.string().max(50),
  /** The distribution as it names itself. */
  os: z.string().max(200),
  kernel: z.string().max(200),
  /** The family of its package tools: `apt`. */
  manager: z.string().max(20),
  /** Whether the host accepts a plan that no person has approved. */
  unattended: z.boolean(),
  signedApprovals: z.boolean(),
  /** Backups on the host that can be restored; agents of earlier versions do not say. */
  backups: z.number().int().nonnegative().optional(),
  /** What is different after every boot, and on every machine; agents of earlier versions do not say. */
  boot: z.string().max(100).optional(),
  /** Left out while the package tools are a cycle's; then what was said last holds. */
  updates: Updates.optional(),
});
export type Announcement = z.infer<typeof Announcement>;

/** One for each of the machines that could go by one name, and room for their reboots. */
export const BOOTS_MAX = 8;

/** What is remembered of one host; the times are the server's. */
export const HostRecord = z.object({
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  announcement: Announcement,
  /** Since when security updates of a severity were pending without a break, as far as announced. */
  pendingSince: z.partialRecord(Severity, z.iso.datetime()).optional(),
  rebootPendingSince: z.iso.datetime().optional(),
  /** The boots that were heard of, the one that spoke last at the end. */
  boots: z.array(z.string().max(100)).max(BOOTS_MAX).optional(),
  /** When a boot spoke again after another one had: no reboot does that, so two machines go by one name. */
  twinHeardAt: z.iso.datetime().optional(),
});
export type HostRecord = z.infer<typeof HostRecord>;
