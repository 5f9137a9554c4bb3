import { LEFT_OUT } from '../../host/bounded-file.ts';
import type { JobResult } from '../../host/tools.ts';

/** A large update writes much more than a result's outputs hold, and this most often in its middle. */
export const SCRIPT_FAILED = /%\w+\((\S+)\) scriptlet failed/;

/**
 * Names of the packages that rpm says a script of has failed, of the new version or the one that it
 * replaces: `warning: %post(web-1.1-1.noarch) scriptlet failed, exit status 1`. rpm goes on after
 * most of them, and its database has no word of it. The job was run with {@link SCRIPT_FAILED} as `notable`.
 */
export function failedScripts({ notable = [] }: Pick<JobResult, 'notable'>): string[] {
  const names = notable.flatMap((line) => nameOf(SCRIPT_FAILED.exec(line)?.[1] ?? ''));
  return [...new Set(names)].filter((name) => name !== '');
}

/** Whether the job wrote so much that some of it was thrown away, which may have told of failures. */
export function isPartlyUnread({ notable = [] }: Pick<JobResult, 'notable'>): boolean {
  return notable.some((line) => LEFT_OUT.test(line));
}

/** `web-2:1.1-1.el9.noarch`: neither version nor release has a hyphen. */
function nameOf(nevra: string): string {
  return nevra.replace(/-[^-]+-[^-]+$/, '');
}
