import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The path of this machine's Chromium, or undefined where it has none. */
export async function findChromium(): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(':')) {
    for (const name of NAMES) {
      const path = join(directory, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Not in this directory under this name; the next one is looked at.
    return false;
  }
}
