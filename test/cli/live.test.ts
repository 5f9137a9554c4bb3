import { describe, expect, it } from '@jest/globals';
import { Live } from '../../src/cli/live.ts';
import { cutPainted } from '../../src/cli/paint.ts';

/** As much of a terminal as Live uses: lines, a cursor, and the two escape sequences for going back. */
class Screen {
  readonly columns = 20;
  readonly rows = 6;
  readonly isTTY = true;
  cursorShown = true;
  lines: string[] = [];

  write(text: string): void {
    // eslint-disable-next-line no-control-regex
    for (const [piece] of text.matchAll(/\u001B\[\??\d*[A-Za-z]|[^\u001B]+/g)) this.#take(piece);
  }

  #take(piece: string): void {
    if (piece === '\u001B[?25l') this.cursorShown = false;
    else if (piece === '\u001B[?25h') this.cursorShown = true;
    else if (piece.endsWith('F')) this.lines.length -= Number(piece.slice(2, -1));
    else if (!piece.startsWith('\u001B')) this.lines.push(...piece.split('\n').slice(0, -1));
  }
}

describe('a live list', () => {
  it('is redrawn in its own place, longer or shorter than before', () => {
    const screen = new Screen();
    screen.write('$ patchcycle\n');
    const live = new Live(screen);
    live.show(['one']);
    live.show(['one', 'two', 'three']);
    live.show(['two', 'three']);
    expect(screen.lines).toEqual(['$ patchcycle', 'two', 'three']);
  });

  it('lets lines stay above it', () => {
    const screen = new Screen();
    const live = new Live(screen);
    live.show(['spinning']);
    live.note('something happened');
    live.show(['spinning on']);
    expect(screen.lines).toEqual(['something happened', 'spinning on']);
  });

  it('shows the newest lines when there are more than the screen has', () => {
    const screen = new Screen();
    const live = new Live(screen);
    const lines = Array.from({ length: 30 }, (_, number) => `line ${number}`);
    live.show(lines);
    live.show(lines);
    expect(screen.lines).toEqual(lines.slice(-5));
  });

  it('cuts lines that would wrap, so that it goes back exactly as far as it came', () => {
    const screen = new Screen();
    const live = new Live(screen);
    live.show(['x'.repeat(50)]);
    expect(screen.lines).toEqual(['x'.repeat(20)]);
  });

  it('hides the cursor while it is drawn, and gives it back at the end and when cleared', () => {
    const screen = new Screen();
    const live = new Live(screen);
    live.show(['one']);
    expect(screen.cursorShown).toBe(false);
    live.clear();
    expect(screen).toMatchObject({ cursorShown: true, lines: [] });
    live.show(['two']);
    live.end();
    expect(screen).toMatchObject({ cursorShown: true, lines: ['two'] });
  });

  it('does not count colours, and ends each that it began', () => {
    expect(cutPainted('\u001B[31mabcdef\u001B[39m', 3)).toBe('\u001B[31mabc\u001B[39m');
  });
});
