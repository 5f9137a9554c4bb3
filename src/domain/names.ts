import { z } from 'zod';

/**
 * The strict patterns of every name that reaches a command line, a path or a workflow ID.
 * A name that does not match is refused where it enters; nothing is quoted or repaired later.
 */

/** A host name of RFC 1123: labels of letters, digits and inner hyphens, 253 characters at most. */
export const HostName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/,
    'a host name has lower-case letters, digits, inner hyphens and dots only, for example web-1 or db-1.example.org',
  );
export type HostName = z.infer<typeof HostName>;

/** The name of a group, policy, hook or similar thing that an operator names. */
export const ShortName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/,
    'a name has 1 to 64 lower-case letters, digits, and inner dots, hyphens or underscores',
  );
export type ShortName = z.infer<typeof ShortName>;

/** A package name as Debian policy 5.6.1 and rpm allow it; it never begins with a hyphen. */
export const PackageName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9+._-]{0,127}$/, 'not a package name');
export type PackageName = z.infer<typeof PackageName>;

/** A package version: dpkg's `[epoch:]upstream[-revision]` or rpm's `[epoch:]version-release`. */
export const PackageVersion = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+:~^_-]{0,127}$/, 'not a package version');
export type PackageVersion = z.infer<typeof PackageVersion>;

export const Architecture = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'not an architecture');
export type Architecture = z.infer<typeof Architecture>;

/** A systemd service name, without the `.service` ending. */
export const ServiceName = z
  .string()
  .regex(
    /^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]{0,200}$/,
    'a service is named as systemd names it, without ".service"',
  )
  .refine((name) => !name.endsWith('.service'), 'leave out the ".service" ending');
export type ServiceName = z.infer<typeof ServiceName>;

/** Who decided or asked: a login, a mail address or a short name, in one line without control characters. */
export const PersonName = z
  .string()
  .min(1, 'say who decides')
  .max(128)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N} ._@+'-]*$/u,
    "a name has letters, digits, spaces and . _ @ + ' - only",
  );
export type PersonName = z.infer<typeof PersonName>;

/** One sentence of a person. Bounded because it is kept in the workflow's history and the report. */
export const Reason = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, 'a reason is one line of text');
export type Reason = z.infer<typeof Reason>;

export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 lower-case hexadecimal digits');
export type Sha256 = z.infer<typeof Sha256>;

/**
 * One cycle's name on the host and in unit names: start time and the last digits of the run's
 * identity, for example `20261124t184300z-1a2b3c4d`.
 */
export const CycleId = z
  .string()
  .regex(/^\d{8}t\d{6}z-[0-9a-f]{8}$/, 'not the name of a patch cycle');
export type CycleId = z.infer<typeof CycleId>;

/** An absolute path without `.` or `..` parts, so that it names one place only. */
export const AbsolutePath = z
  .string()
  .max(4096)
  .regex(/^\/(?!\/)[^\p{Cc}]*$/u, 'a path begins with one slash')
  .refine(
    (path) => !path.split('/').some((part) => part === '..' || part === '.'),
    'a path has no "." or ".." parts',
  );
export type AbsolutePath = z.infer<typeof AbsolutePath>;
