import type { Facts } from '../domain/facts.ts';
import { PLATFORM_LENGTH_MAX } from '../domain/plan-limits.ts';

/**
 * What hosts have in common that get the same versions from their vendor: `debian 12`, `rocky 9`.
 * Minor releases of distributions with rpm follow each other in one stream.
 */
export function platformOf({ os, manager }: Pick<Facts, 'os' | 'manager'>): string {
  const release = manager === 'dnf' ? os.version.replace(/\..*/, '') : os.version;
  return `${os.id} ${release}`.slice(0, PLATFORM_LENGTH_MAX);
}
