import { z } from 'zod';
import { CycleId, HostName, PackageName } from './names.ts';
import { RebootRequired } from './plan.ts';

/** Free room on one file system that a cycle writes to. */
export const FileSystemSpace = z.object({
  mountPoint: z.string(),
  freeBytes: z.number(),
  freeInodes: z.number(),
  /** Some file systems (btrfs, overlay on it) have no fixed number of inodes; then free inodes mean nothing. */
  countsInodes: z.boolean(),
});
export type FileSystemSpace = z.infer<typeof FileSystemSpace>;

/** Proof of a boot: differs after every reboot. In a container the kernel's boot id stays, so PID 1's start time is taken along. */
export const BootIdentity = z.object({
  bootId: z.uuid(),
  initStartTicks: z.string().regex(/^\d+$/),
});
export type BootIdentity = z.infer<typeof BootIdentity>;

/** What was observed on a host, with its time. */
export const Facts = z.object({
  host: HostName,
  observedAt: z.iso.datetime(),
  os: z.object({ id: z.string(), version: z.string(), name: z.string() }),
  kernel: z.string(),
  /** `none` for bare metal, else what systemd-detect-virt calls it. */
  virtualization: z.string(),
  boot: BootIdentity,
  manager: z.string(),
  held: z.array(PackageName).max(1_000),
  space: z.array(FileSystemSpace),
  /** Host clock minus the server's clock, in milliseconds. */
  clockSkewMs: z.number(),
  failedUnits: z.array(z.string()).max(200),
  rebootPending: RebootRequired,
  /** Names of updaters that are at work or switched on besides this tool. */
  otherUpdaters: z.array(z.string()),
  /** Sentences that did not stop the cycle but that a person should read. */
  findings: z.array(z.string()).max(50),
  agentVersion: z.string(),
  /** Whether the host itself accepts a plan that no person has approved. */
  unattended: z.boolean(),
  /** Whether the host takes a person's approval only with a signature; agents before this field take any. */
  signedApprovals: z.boolean().optional(),
  cycle: CycleId,
});
export type Facts = z.infer<typeof Facts>;
