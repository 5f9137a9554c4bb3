/**
 * Endings under which dpkg and ucf leave the version of a configuration file that is not in use:
 * the package's (`.dpkg-dist`, `.ucf-dist`) or the administrator's (`.dpkg-old`, `.ucf-old`).
 */
export const LEFT_ASIDE_ENDINGS: readonly string[] = [
  '.dpkg-dist',
  '.dpkg-old',
  '.ucf-dist',
  '.ucf-old',
  '.ucf-new',
];
