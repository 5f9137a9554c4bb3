import { z } from 'zod';
import type { Config } from '../domain/config.ts';
import { HostName, ShortName } from '../domain/names.ts';

/** What is taken of a file to import; the defaults of everything else hold. */
export type ImportedConfig = Pick<z.input<typeof Config>, 'policies' | 'hosts'>;

export type Imported =
  | {
      ok: true;
      config: ImportedConfig;
      /** What could not be carried over, a sentence each. */
      notCarried: string[];
    }
  | { ok: false; message: string };

export type ImportOptions = {
  /** The policy of every host; what each shall have, ansible does not know. */
  policy: string;
  /** Variables that become labels. */
  labels: readonly string[];
};

const Group = z.object({
  hosts: z.array(z.string()).default([]),
  children: z.array(z.string()).default([]),
});
type Group = z.infer<typeof Group>;

const Variables = z.record(z.string(), z.unknown());
const Meta = z.object({ hostvars: z.record(z.string(), Variables).default({}) });

/** Groups that ansible makes by itself; they tell no host from another. */
const OWN_GROUPS = ['all', 'ungrouped'];

/** As HostEntry bounds them. */
const GROUPS_MAX = 20;

/**
 * Hosts and groups of what `ansible-inventory --list` prints, where children and ranges are
 * resolved already. A host is in every group that contains it, however deep.
 */
export function importAnsible(text: string, options: ImportOptions): Imported {
  const listed = parseList(text);
  if (listed === null) {
    return { ok: false, message: 'it is not what "ansible-inventory --list" prints' };
  }
  const { groups, hostvars } = listed;
  const memberships = membershipsOf(groups);
  const names = [...new Set([...Object.keys(hostvars), ...memberships.keys()])].sort();
  const lost = new Lost();
  const hosts: Record<string, NonNullable<ImportedConfig['hosts']>[string]> = {};
  for (const written of names) {
    const name = hostNamed(written, hosts, lost);
    if (name === null) continue;
    const inGroups = groupsNamed(name, memberships.get(written) ?? new Set(), lost);
    const labels = labelsOf(hostvars[written] ?? {}, options.labels, lost);
    hosts[name] = {
      policy: options.policy,
      ...(inGroups.length === 0 ? {} : { groups: inGroups }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    };
  }
  const config = { policies: { [options.policy]: {} }, hosts };
  return { ok: true, config, notCarried: lost.sentences() };
}

function parseList(
  text: string,
): { groups: Record<string, Group>; hostvars: z.infer<typeof Meta>['hostvars'] } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const document = z.object({ _meta: Meta }).catchall(Group).safeParse(value);
  if (!document.success) return null;
  const { _meta, ...groups } = document.data;
  return { groups, hostvars: _meta.hostvars };
}

/** The groups of each host, with those that contain its groups. */
function membershipsOf(groups: Readonly<Record<string, Group>>): Map<string, Set<string>> {
  const memberships = new Map<string, Set<string>>();
  for (const name of Object.keys(groups)) {
    for (const host of hostsUnder(name, groups, new Set())) {
      const known = memberships.get(host) ?? new Set();
      memberships.set(host, known.add(name));
    }
  }
  return memberships;
}

function hostsUnder(
  name: string,
  groups: Readonly<Record<string, Group>>,
  seen: Set<string>,
): string[] {
  if (seen.has(name)) return []; // Ansible refuses a group that contains itself; a file may say anything.
  seen.add(name);
  const group = Object.hasOwn(groups, name) ? groups[name] : undefined;
  if (group === undefined) return [];
  return [...group.hosts, ...group.children.flatMap((child) => hostsUnder(child, groups, seen))];
}

function hostNamed(written: string, taken: object, lost: Lost): string | null {
  const name = written.toLowerCase();
  if (!HostName.safeParse(name).success) {
    lost.note('hosts whose names cannot be used (letters, digits, hyphens and dots)', written);
    return null;
  }
  if (Object.hasOwn(taken, name)) {
    lost.note('hosts whose names differ from another only in capitals', written);
    return null;
  }
  if (name !== written) lost.note('hosts that are written in lower case now', written);
  return name;
}

function groupsNamed(host: string, groups: ReadonlySet<string>, lost: Lost): string[] {
  const names = [];
  for (const group of [...groups].filter((name) => !OWN_GROUPS.includes(name)).sort()) {
    const name = group.toLowerCase();
    if (!ShortName.safeParse(name).success) {
      lost.note('groups whose names cannot be used', group);
      continue;
    }
    if (name !== group) lost.note('groups that are written in lower case now', group);
    names.push(name);
  }
  const all = [...new Set(names)];
  if (all.length > GROUPS_MAX) {
    lost.note(`hosts in more than ${GROUPS_MAX} groups, of which the first are taken`, host);
  }
  return all.slice(0, GROUPS_MAX);
}

function labelsOf(
  variables: Readonly<Record<string, unknown>>,
  wanted: readonly string[],
  lost: Lost,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    const key = name.toLowerCase();
    const label = ShortName.safeParse(wordOf(value)?.toLowerCase());
    if (name.startsWith('ansible_')) {
      lost.note('variables by which ansible connects; here the agents connect', name);
    } else if (!wanted.includes(name)) {
      lost.note('variables (--label NAME makes a label of one)', name);
    } else if (ShortName.safeParse(key).success && label.success) {
      labels[key] = label.data;
    } else {
      lost.note('variables whose values cannot be labels (short words)', name);
    }
  }
  return labels;
}

/** Null where a value is no single word: a list, a mapping, nothing. */
function wordOf(value: unknown): string | null {
  const word = z.union([z.string(), z.number(), z.boolean()]).safeParse(value);
  return word.success ? String(word.data) : null;
}

const LISTED = 10;

/** What could not be carried over, by kind. */
class Lost {
  readonly #kinds = new Map<string, Set<string>>();

  note(kind: string, what: string): void {
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? new Set()).add(what));
  }

  sentences(): string[] {
    return [...this.#kinds].map(([kind, names]) => {
      const more = names.size - LISTED;
      const listed = [...names]
        .slice(0, LISTED)
        .map((name) => name.slice(0, 60))
        .join(', ');
      return `${kind}: ${listed}${more > 0 ? ` and ${more} more` : ''}`;
    });
  }
}
