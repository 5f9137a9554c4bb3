import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { LEFT_OUT, readTail } from './bounded-file.ts';
import { orIfMissing } from './errno.ts';
import { maskedTail } from './mask.ts';

/** What of each output belongs to a job's result. */
export const RESULT_TAIL_BYTES = 64 * 1024;

const LINE_LENGTH_MAX = 120;

/** The end of an output file; empty when the job never wrote one. */
export async function outputEnd(
  path: string,
  bytesMax: number = RESULT_TAIL_BYTES,
): Promise<string> {
  const file = await orIfMissing(open(path, 'r'), null);
  if (file === null) return '';
  try {
    return (await readTail(file, bytesMax)).toString('utf8');
  } finally {
    await file.close();
  }
}

/** Lines that match, and those that stand for what was left out; an output file is bounded, so these are. */
export async function notableLines(path: string, pattern: RegExp): Promise<string[]> {
  const file = await orIfMissing(open(path, 'r'), null);
  if (file === null) return [];
  const found: string[] = [];
  for await (const line of createInterface({ input: file.createReadStream() })) {
    if (pattern.test(line) || LEFT_OUT.test(line)) found.push(line);
  }
  return found;
}

/** The last line that a job wrote, for people: secrets masked and bounded. */
export async function lastLine(path: string): Promise<string> {
  const lines = (await outputEnd(path, 4_096)).trimEnd().split(/[\r\n]+/);
  return maskedTail(lines.at(-1) ?? '', LINE_LENGTH_MAX);
}
