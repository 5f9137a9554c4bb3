/** One line of a comparison of files with their packages. */
export type VerifiedFile = {
  path: string;
  /** Nine signs, one for each thing that is compared, `.` or `?` where it does not differ; or `missing`. */
  signs: string;
  /** A letter, `c` for a configuration file; undefined for an ordinary file. */
  kind: string | undefined;
};

/**
 * Reads what `rpm --verify` writes, and dpkg in its manner: signs, a letter where it is not an
 * ordinary file, the path. A sentence for each that `isFinding` says so of.
 */
export function parseVerification(
  stdout: string,
  isFinding: (file: VerifiedFile) => boolean,
): string[] {
  const findings: string[] = [];
  for (const line of stdout.split('\n')) {
    const [, signs, kind, path] = /^(\S+) +(?:([a-z]) )?(\/.*)$/.exec(line) ?? [];
    if (signs === undefined || path === undefined || !isFinding({ path, signs, kind })) continue;
    findings.push(
      signs === 'missing'
        ? `${path} is missing`
        : `${path} is not as its package brought it (${signs})`,
    );
  }
  return findings;
}
