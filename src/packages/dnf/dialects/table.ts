import { unparsable, withoutZeroEpoch, type Row, type Section } from '../parse-simulation.ts';

/** How one dialect writes the table of a transaction. */
export type Table = {
  /** The last line before the first section. */
  begin: RegExp;
  /** The first line after the last section. */
  end: RegExp;
  /**
   * The package of a line that begins with `replacing`, below the row of what takes its place; null
   * when it cannot be read.
   */
  parseReplaced: (line: string, row: Row) => Row | null;
};

/**
 * Reads the table: headings at the margin, one package below them in each row, what it replaces
 * indented below it. A row that is too long for its column goes on in the next line, indented
 * deeper. Null when there is no table.
 */
export function readSections(stdout: string, table: Table): Section[] | null {
  const lines = stdout.split('\n');
  const beginning = lines.findIndex((line) => table.begin.test(line));
  if (beginning === -1) return null;
  const rest = lines.slice(beginning + 1);
  const ending = rest.findIndex((line) => table.end.test(line));
  if (ending === -1) throw unparsable(lines.at(-1) ?? '');

  const sections: Section[] = [];
  for (const line of joinRows(rest.slice(0, ending).filter((one) => !ORNAMENT.test(one)))) {
    const last = sections.at(-1);
    const heading = /^(\S.*):$/.exec(line)?.[1];
    if (heading !== undefined) sections.push({ heading, rows: [] });
    else if (last === undefined) throw unparsable(line);
    else readLine(line, last, table);
  }
  return sections;
}

/** Empty lines, rules, and what a person could add to the command line. */
const ORNAMENT = /^(?:\s*|=+|\(.*\):)$/;

/** Joins a row that goes on in further lines: those are indented and no row of their own. */
function joinRows(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    if (/^(?: ?\S|\s+replacing\s)/.test(line)) joined.push(line);
    else joined.push(`${joined.pop() ?? ''}${line}`);
  }
  return joined;
}

function readLine(line: string, section: Section, { parseReplaced }: Table): void {
  if (/^\s+replacing\s/.test(line)) {
    const replacing = section.rows.at(-1);
    const replaced = replacing && parseReplaced(line.trim(), replacing.row);
    if (!replaced) throw unparsable(line);
    replacing.replaced.push(replaced);
    return;
  }
  const row = parseRow(line.trim());
  if (row === null) throw unparsable(line);
  section.rows.push({ row, replaced: [] });
}

/**
 * `NAME ARCHITECTURE VERSION REPOSITORY SIZE UNIT`; the unit is missing for bytes, the repository for
 * what came by no repository.
 */
export function parseRow(line: string): Row | null {
  const [, name, architecture, version, repository = ''] =
    /^(\S+)\s+([a-z0-9_]+)\s+(\S+-\S+)(?:\s+(\S+))??\s+[\d.]+(?:\s+[A-Za-z]+)?$/.exec(line) ?? [];
  if (!name || !architecture || !version) return null;
  return { name, architecture, version: withoutZeroEpoch(version), repository };
}
