import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { lookOf } from '../../../src/cli/paint.ts';
import { table } from '../../../src/cli/render/table.ts';

const terminal = { isTTY: true, columns: 80, write: () => true };
const look = lookOf(terminal, { TERM: 'xterm' });

describe('a table', () => {
  it('lets no cell steer the terminal, and keeps its columns and colours', () => {
    const rows = [
      [look.paint('red', 'failed'), 'web-1\u001B[2J\u001B]0;title\u0007\u009B1m\r\n'],
      ['ended', 'web-2'],
    ];
    const text = table(['STATE', 'HOST'], rows, look);
    const escape = '\u001B';
    const colours = new RegExp(`${escape}\\[\\d+m`, 'g');
    expect(text.replace(colours, '').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain(look.paint('red', 'failed'));
    expect(text).toContain('ended   web-2');
  });

  it('marks a line that is cut where the terminal ends, and no other', () => {
    const rows = [[look.paint('red', 'x'.repeat(81))], ['y'.repeat(80)]];
    const lines = stripVTControlCharacters(table(['HOST'], rows, look)).split('\n');
    expect(lines).toEqual(['HOST', `${'x'.repeat(79)}…`, 'y'.repeat(80)]);
  });
});
