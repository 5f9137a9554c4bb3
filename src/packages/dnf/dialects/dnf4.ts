import { parseNevra, type AdvisoryEntry } from '../advisory-entry.ts';
import { toSimulation, unparsable } from '../parse-simulation.ts';
import type { Dialect } from './dialect.ts';
import { parsePythonBytes } from './python-bytes.ts';
import { readSections, type Table } from './table.ts';

/** dnf 4 of Enterprise Linux 8 to 10, Amazon Linux 2023 and Fedora before 41. */
export const dnf4: Dialect = {
  name: 'dnf4',
  program: 'dnf',
  // It would wait for ever for a lock of another dnf.
  options: ['--setopt=exit_on_lock=1'],
  minimalUpgrade: ['upgrade-minimal'],
  ignoringExcludes: ['--disableexcludes=all'],
  lineEnd: '',
  lockSettings: '/etc/dnf/plugins/versionlock.conf',
  archiveFields: ['name', 'arch', 'evr', 'repoid', 'downloadsize', 'installsize', 'chksum'],
  marks: { manual: 'install', automatic: 'remove' },
  advisoryList: ['updateinfo', '--list', '--all'],
  advisoryCves: ['updateinfo', '--list', '--all', '--with-cve'],
  showCacheDirectory: ['--verbose', 'repolist'],
  repositoryTimes: ['--verbose', 'repolist'],

  parseSimulation: (stdout) => {
    const sections = readSections(stdout, TABLE);
    if (sections !== null) return toSimulation(sections);
    return NOTHING.test(stdout) ? toSimulation([]) : null;
  },
  parseHash: (field) => parsePythonBytes(field),
  parseAdvisoryList: (stdout) => parseList(stdout),
  parseAdvisoryCves: (stdout) => {
    const cves = Map.groupBy(parseList(stdout), nameAndVersion);
    return (entry) => (cves.get(nameAndVersion(entry)) ?? []).map(({ id }) => id);
  },
  parseRepositoryTimes: (stdout) => {
    const times = new Map<string, number>();
    for (const block of stdout.split(/^(?=Repo-id )/m)) {
      const [, id] = /^Repo-id +: (\S+)$/m.exec(block) ?? [];
      const [, updated] = /^Repo-updated +: (.+)$/m.exec(block) ?? [];
      if (id !== undefined) times.set(id, Date.parse(`${updated} UTC`));
    }
    return times;
  },
};

/** Below the titles of the columns, up to the summary. */
const TABLE: Table = {
  begin: /^ Package .*\bSize *$/,
  end: /^Transaction Summary$/,
  parseReplaced: (line) => {
    const [, name, architecture, version] =
      /^replacing\s+(\S+)\.([a-z0-9_]+)\s+(?:0:)?(\S+-\S+)$/.exec(line) ?? [];
    if (!name || !architecture || !version) return null;
    return { name, architecture, version, repository: '' };
  },
};

const NOTHING =
  /^(?:Nothing to do\.|No packages marked for upgrade\.|No security updates needed.*)$/m;

/**
 * `i LAB-2026:0010 Important/Sec. base-1-1.noarch`; with CVEs one of them is in the place of the
 * name. A vendor may put a blank into a name.
 */
const LINE = /^(?:i | {2})?(\S.*?) +(\S*\/Sec\.|bugfix|enhancement|newpackage|unknown) +(\S+)$/;

function parseList(stdout: string): AdvisoryEntry[] {
  return stdout.split('\n').flatMap((line) => {
    const [, id, kind, nevra] = LINE.exec(line) ?? [];
    // Plugins write lines of their own among them.
    if (id === undefined || kind === undefined || nevra === undefined) return [];
    const version = parseNevra(nevra);
    if (version === null) throw unparsable(line);
    const [, severity = ''] = /^(?!Unknown)(.*)\/Sec\.$/.exec(kind) ?? [];
    return [{ id, security: kind.endsWith('/Sec.'), severity, ...version }];
  });
}

function nameAndVersion({ name, architecture, version }: AdvisoryEntry): string {
  return `${name}-${version}.${architecture}`;
}
