import { writeFile } from 'node:fs/promises';
import { BadRequest } from '../client/index.ts';

/** Writes what tells what is installed on hosts, so that only its owner can read it. Throws BadRequest. */
export async function writePrivately(file: string, text: string, what: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600 });
  } catch (error) {
    throw new BadRequest(
      `${what} could not be written: ${error instanceof Error ? error.message : String(error)}`,
      'Name another file with --output.',
      { cause: error },
    );
  }
}
