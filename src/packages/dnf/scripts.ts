/**
 * Names of the packages that rpm says a script of has failed, of the new version or the one that it
 * replaces: `warning: %post(web-1.1-1.noarch) scriptlet failed, exit status 1`. rpm goes on after
 * most of them, and its database has no word of it.
 */
export function failedScripts(output: string): string[] {
  const names = [...output.matchAll(/%\w+\((\S+)\) scriptlet failed/g)].map(([, nevra = '']) =>
    nameOf(nevra),
  );
  return [...new Set(names)];
}

/** `web-2:1.1-1.el9.noarch`: neither version nor release has a hyphen. */
function nameOf(nevra: string): string {
  return nevra.replace(/-[^-]+-[^-]+$/, '');
}
