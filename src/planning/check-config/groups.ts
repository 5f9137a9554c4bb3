import type { HostEntry } from '../../domain/config.ts';
import { didYouMean } from '../did-you-mean.ts';
import type { Inventory } from '../inventory.ts';
import type { Problem } from './problem.ts';
import type { Written } from './sound-part.ts';

/**
 * Hosts in groups that do not exist, in no group, or in two exclusive ones. Only for a file that
 * describes its groups; otherwise they are words to choose hosts by, and bound nothing.
 */
export function groupProblems({ hosts, groups }: Inventory, written: Written): Problem[] {
  if (written.groups.length === 0) return [];
  const exclusive = Object.keys(groups).filter((name) => groups[name]?.exclusive === true);
  return Object.entries(hosts).flatMap(([host, entry]) => [
    ...unknownGroups(host, entry, written.groups),
    ...(entry.groups.length === 0 ? [inNoGroup(host)] : []),
    ...inTwo(host, entry, exclusive),
  ]);
}

function unknownGroups(host: string, { groups }: HostEntry, known: string[]): Problem[] {
  return groups.flatMap((group, index) =>
    known.includes(group)
      ? []
      : [
          {
            path: ['hosts', host, 'groups', index],
            what: 'value',
            message: `there is no group "${group}"${didYouMean(group, known) ?? ''}`,
            remedy: `Name one of ${known.slice(0, 20).join(', ')}, or write "${group}" under "groups:".`,
          },
        ],
  );
}

function inNoGroup(host: string): Problem {
  return {
    path: ['hosts', host],
    what: 'key',
    message: `the host "${host}" is in no group, so no budget holds for it`,
    remedy: 'Add "groups:" with one that is written under "groups:".',
  };
}

/** Each of the two says "never two of us at once", and a wave that keeps both may never get through. */
function inTwo(host: string, { groups }: HostEntry, exclusive: string[]): Problem[] {
  const of = groups.filter((group) => exclusive.includes(group));
  if (of.length < 2) return [];
  return [
    {
      path: ['hosts', host, 'groups'],
      what: 'value',
      message: `the host "${host}" is in ${of.length} exclusive groups: ${of.join(', ')}`,
      remedy: 'Leave it in one of them; a budget of 1 does for the others.',
    },
  ];
}
