import { manyLines, oneLine } from './text.ts';

/**
 * A text of any origin inside of Markdown: one visible line, and nothing in it that Markdown or
 * HTML would take for markup.
 */
export function plain(text: string | number): string {
  return (
    oneLine(String(text))
      .replace(/[\\`*_[\]<>#|~&$]/g, (character) => `\\${character}`)
      // What begins like a list, a rule or an underline of a heading.
      .replace(/^(?:[-+](?=\s|[-+])|=)/, (character) => `\\${character}`)
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2')
  );
}

/** Text in a fence that is longer than every run of backticks in it. */
export function fenced(text: string): string {
  const content = manyLines(text);
  const longest = Math.max(2, ...[...content.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${content}\n${fence}`;
}

/** Rows as a table; the cells are Markdown already. Empty without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Lines as a list; they are Markdown already. Empty without lines. */
export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
