import { parseRelation, type PackageSpec } from '../packages.ts';

/** The text of DEBIAN/control. */
export function controlFile(spec: PackageSpec, architecture: string): string {
  const obsoletes = (spec.obsoletes ?? []).map((relation) => parseRelation(relation).name);
  const fields = {
    Package: spec.name,
    Version: spec.version,
    Architecture: architecture,
    Section: 'misc',
    Priority: 'optional',
    Maintainer: 'The lab <lab@lab.example>',
    Depends: relations(spec.requires),
    Recommends: relations(spec.recommends),
    // Taking another's place needs all three; see Debian's policy, 7.6.2.
    Provides: relations([...(spec.provides ?? []), ...obsoletes]),
    Conflicts: relations([...(spec.conflicts ?? []), ...obsoletes]),
    Replaces: relations(obsoletes),
    Description: 'package of the patchcycle lab',
  };
  return Object.entries(fields)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/** `a, b (>= 1.0)`; Debian doubles the signs of "earlier" and "later". */
function relations(list: readonly string[] = []): string {
  return list
    .map((relation) => {
      const { name, comparison } = parseRelation(relation);
      return comparison === '' ? name : `${name} (${comparison.replace(/^([<>]) /, '$1$1 ')})`;
    })
    .join(', ');
}
