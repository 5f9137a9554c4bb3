import { z } from 'zod';
import { parseNevra, type AdvisoryEntry } from '../advisory-entry.ts';
import { toSimulation, unparsable } from '../parse-simulation.ts';
import type { Dialect } from './dialect.ts';
import { parseRow, readSections, type Table } from './table.ts';

/** dnf 5 of Fedora since 41. */
export const dnf5: Dialect = {
  name: 'dnf5',
  program: 'dnf5',
  // The hashes are read in its lists, and nothing here can read zchunk.
  options: ['--setopt=zchunk=0'],
  minimalUpgrade: ['upgrade', '--minimal'],
  ignoringExcludes: ['--setopt=disable_excludes=*'],
  lineEnd: '\\n',
  // Its queries know of locks.
  lockSettings: null,
  archiveFields: ['name', 'arch', 'evr', 'repoid', 'downloadsize', 'installsize'],
  marks: { manual: 'user', automatic: 'dependency' },
  advisoryList: ['advisory', 'list', '--all', '--json'],
  advisoryCves: ['advisory', 'info', '--all', '--json'],
  showCacheDirectory: ['--dump-main-config'],
  repositoryTimes: ['repo', 'info', '--json'],

  parseSimulation: (stdout) => {
    const sections = readSections(stdout, TABLE);
    if (sections !== null) return toSimulation(sections);
    return /^Nothing to do\.$/m.test(stdout) ? toSimulation([]) : null;
  },
  parseHash: () => null,
  parseAdvisoryList: (stdout) => {
    return parseJson(stdout, ListedAdvisory).flatMap(({ name: id, type, severity, nevra }) => {
      const version = parseNevra(nevra);
      if (version === null) throw unparsable(nevra);
      return [{ id, security: type === 'security', severity: orEmpty(severity), ...version }];
    });
  },
  parseAdvisoryCves: (stdout) => {
    const advisories = parseJson(stdout, DescribedAdvisory);
    const cves = new Map(
      advisories.map(({ Name, references }) => [
        Name,
        references.filter(({ Type }) => Type === 'cve').map(({ Id }) => Id),
      ]),
    );
    return ({ id }: AdvisoryEntry) => cves.get(id) ?? [];
  },
  parseRepositoryTimes: (stdout) => {
    const repositories = parseJson(stdout, ListedRepository);
    return new Map(repositories.map(({ id, max_timestamp }) => [id, max_timestamp * 1000]));
  },
};

const TABLE: Table = {
  begin: /^Package +Arch +Version +Repository +Size *$/,
  // Where all is skipped there is no summary.
  end: /^(?:Transaction Summary:|Nothing to do\.)$/,
  parseReplaced: (line, { name }) => {
    const rest = line.replace(/^replacing\s+/, '');
    // Newer versions leave out the name where it is the same.
    return parseRow(rest) ?? parseRow(`${name} ${rest}`);
  },
};

const ListedAdvisory = z.object({
  name: z.string(),
  type: z.string(),
  severity: z.string(),
  nevra: z.string(),
});

const DescribedAdvisory = z.object({
  Name: z.string(),
  references: z.array(z.object({ Id: z.string(), Type: z.string() })).default([]),
});

const ListedRepository = z.object({ id: z.string(), max_timestamp: z.number() });

/**
 * Where there is nothing to list, some versions write nothing instead of an empty list. Throws
 * `PlanUnparsable` where it is no such list.
 */
function parseJson<Schema extends z.ZodType>(stdout: string, schema: Schema): z.infer<Schema>[] {
  if (stdout.trim() === '') return [];
  const list = z.array(schema).safeParse(jsonOf(stdout));
  if (!list.success) throw unparsable(stdout);
  return list.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw unparsable(text);
    throw error;
  }
}

function orEmpty(severity: string): string {
  return severity === 'None' ? '' : severity;
}
