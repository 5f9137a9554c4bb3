import { open } from 'node:fs/promises';
import { BadRequest } from '../client/index.ts';

const OWNER_ONLY = 0o600;

/**
 * Writes what tells what is installed on hosts, so that only its owner can read it, also where the
 * file was there already. Throws BadRequest.
 */
export async function writePrivately(path: string, text: string, what: string): Promise<void> {
  try {
    const file = await open(path, 'w', OWNER_ONLY);
    try {
      // A terminal or a pipe is nobody's file.
      if ((await file.stat()).isFile()) await file.chmod(OWNER_ONLY);
      await file.writeFile(text);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new BadRequest(
      `${what} could not be written: ${error instanceof Error ? error.message : String(error)}`,
      'Name another file with --output.',
      { cause: error },
    );
  }
}
