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
 * ordinary file, the path.
 */
export function parseVerifiedFiles(stdout: string): VerifiedFile[] {
  return stdout.split('\n').flatMap((line) => {
    const [, signs, kind, path] = /^(\S+) +(?:([a-z]) )?(\/.*)$/.exec(line) ?? [];
    return signs === undefined || path === undefined ? [] : [{ path, signs, kind }];
  });
}

/** A sentence for each file that `isFinding` says so of. */
export function parseVerification(
  stdout: string,
  isFinding: (file: VerifiedFile) => boolean,
): string[] {
  return parseVerifiedFiles(stdout)
    .filter(isFinding)
    .map(({ path, signs }) =>
      signs === 'missing'
        ? `${path} is missing`
        : `${path} is not as its package brought it (${signs})`,
    );
}
