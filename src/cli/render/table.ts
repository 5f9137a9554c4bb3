import { stripVTControlCharacters } from 'node:util';
import { cutPainted, type Look } from '../paint.ts';

/** Between two columns. */
export const GAP = '  ';

const ESCAPE = '\u001B';

/** Whatever steers a terminal, but for colours: names come from elsewhere. */
const STEERING = new RegExp(`(?!${ESCAPE}\\[[0-9;]*m)\\p{Cc}`, 'gu');

/**
 * Rows under a dim heading, columns as wide as their widest cell, cut where the terminal ends.
 * Cells may be coloured.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { paint, width, symbols }: Look,
): string {
  const shown = rows.map((row) => row.map((cell) => cell.replace(STEERING, ' ')));
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...shown.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join(GAP)
      .trimEnd();
  return [paint('dim', line(headings)), ...shown.map(line)]
    .map((text) => cutPainted(text, width, symbols.cut))
    .join('\n');
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
