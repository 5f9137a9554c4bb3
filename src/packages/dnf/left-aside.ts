/**
 * Endings under which rpm leaves the version of a configuration file that is not in use: the
 * package's (`.rpmnew`) or the administrator's (`.rpmsave`, and `.rpmorig` where no package had it).
 */
export const LEFT_ASIDE_ENDINGS: readonly string[] = ['.rpmnew', '.rpmsave', '.rpmorig'];
