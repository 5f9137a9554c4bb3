import type { Output } from './io.ts';
import { cutPainted } from './paint.ts';

const ESCAPE = '\u001B[';
const HIDE_CURSOR = `${ESCAPE}?25l`;
const SHOW_CURSOR = `${ESCAPE}?25h`;

/** How often moving things move: ten times a second looks alive and costs nothing. */
export const FRAME_MS = 100;
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** The mark of something that runs, at this moment. */
export function spinnerAt(nowMs: number): string {
  return FRAMES[Math.floor(nowMs / FRAME_MS) % FRAMES.length] ?? '';
}

/**
 * A few lines at the end of a terminal that are drawn again and again. listr2 draws tasks that the
 * program itself runs; here the steps run elsewhere, come and go, and are only looked at.
 */
export class Live {
  readonly #output: Output;
  #lines: readonly string[] = [];
  #drawn = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Draws these lines in the place of the last ones, each cut to the terminal's width. */
  show(lines: readonly string[]): void {
    // The cursor cannot go back beyond the screen's first line; the newest lines are the ones to see.
    const room = (this.#output.rows ?? 24) - 1;
    this.#lines = lines.length > room ? lines.slice(-room) : lines;
    this.#draw('');
  }

  /** Writes a line that stays, above the drawn ones. */
  note(line: string): void {
    this.#draw(`${line}\n`);
  }

  /** Takes the lines away, for a question or the end; `show` brings new ones. */
  clear(): void {
    this.#lines = [];
    this.#output.write(this.#erase() + SHOW_CURSOR);
    this.#drawn = 0;
  }

  /** Leaves the lines as they are and gives the terminal back. */
  end(): void {
    this.#output.write(SHOW_CURSOR);
    this.#drawn = 0;
    this.#lines = [];
  }

  #draw(above: string): void {
    const width = this.#output.columns ?? 80;
    const text = this.#lines.map((line) => `${cutPainted(line, width)}\n`).join('');
    this.#output.write(HIDE_CURSOR + this.#erase() + above + text);
    this.#drawn = this.#lines.length;
  }

  #erase(): string {
    return this.#drawn === 0 ? '' : `${ESCAPE}${this.#drawn}F${ESCAPE}J`;
  }
}
