import type { KnownVersion } from '../../client/index.ts';
import { plain, type Look } from '../paint.ts';
import { table } from './table.ts';

/** Versions with what is held against them, and how one is cleared. */
export function knownBadText(versions: readonly KnownVersion[], look: Look): string {
  const { paint } = look;
  if (versions.length === 0) return 'No version is known to be bad.';
  const rows = versions.map((one) => [
    one.package,
    one.version,
    one.cleared !== undefined
      ? `cleared by ${one.cleared.by}: ${plain(one.cleared.why)}`
      : one.bad
        ? paint('red', 'bad, left out of plans')
        : paint('yellow', 'suspected by one host'),
    one.seenBy.map(({ host }) => host).join(', '),
  ]);
  return [
    table(['PACKAGE', 'VERSION', 'IS', 'RESTORED'], rows, look),
    '',
    'A version that is good after all:',
    paint('cyan', '    patchcycle known-bad clear PACKAGE VERSION --why "..."'),
  ].join('\n');
}
