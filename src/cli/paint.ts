import { styleText } from 'node:util';
import type { Io, Output } from './io.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** How text looks on one output. */
export type Look = {
  paint: (style: Style, text: string) => string;
  symbols: typeof UNICODE;
  /** Characters that fit into a line; endless where nobody looks. */
  width: number;
  /** Lines that fit on the screen. */
  height: number;
};

const UNICODE = { done: '✓', failed: '✗', skipped: '-', waiting: '…', warning: '!', cut: '…' };
const ASCII = { done: '+', failed: 'x', skipped: '-', waiting: '>', warning: '!', cut: '~' };

/** Colours on a terminal only, and none where NO_COLOR is set (https://no-color.org). */
export function lookOf(output: Output, env: Io['env']): Look {
  const isTerminal = output.isTTY === true;
  const colours = isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return {
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
    // The Linux console's font has no check mark.
    symbols: isTerminal && ['linux', 'dumb'].includes(env['TERM'] ?? '') ? ASCII : UNICODE,
    width: isTerminal ? (output.columns ?? 80) : Number.POSITIVE_INFINITY,
    height: isTerminal ? (output.rows ?? 24) : Number.POSITIVE_INFINITY,
  };
}

/** The text in at most `width` characters, with a mark where something was cut off. */
export function cut(text: string, width: number, mark: string = UNICODE.cut): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  return width < 1 ? '' : characters.slice(0, width - 1).join('') + mark;
}

/** Text broken between words so that it fits, each line indented. A word that is too long stays whole. */
export function wrapped(text: string, { width }: Look, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => indent + each).join('\n');
}

/**
 * Text from elsewhere, safe for a terminal: one line without control characters, so that no host
 * can move the cursor or recolour what follows.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

const CONTROL = '\u001B';
// One escape sequence of colour, or one character.
const PIECES = new RegExp(`${CONTROL}\\[[0-9;]*m|[^]`, 'gu');

/**
 * A line, colours not counted, in at most `width` characters; each colour that it begins it also
 * ends. `mark` stands at the end of one that was cut, where there is one.
 */
export function cutPainted(line: string, width: number, mark = ''): string {
  const pieces = [...line.matchAll(PIECES)].map(([piece]) => piece);
  const isColour = (piece: string) => piece.length > 1 && piece.startsWith(CONTROL);
  if (pieces.filter((piece) => !isColour(piece)).length <= width) return line;
  let room = width - mark.length;
  let text = '';
  for (const piece of pieces) {
    if (isColour(piece)) text += piece;
    else if (room-- > 0) text += piece;
    else if (room === -1) text += mark;
  }
  return text;
}
