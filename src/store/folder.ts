import { constants, type Dirent } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../domain/failure.ts';
import { writeFileAtomically } from '../host/atomic-file.ts';
import { errnoOf } from '../host/errno.ts';
import { STORED_FILE_MAX, Unreadable, type ReportStore } from './port.ts';
import { SIGNPOST } from './signpost.ts';

/** Reports in a folder of this machine. They tell what is installed on hosts, so only their owner can read them. */
export function folderStore(directory: string): ReportStore {
  const put = (name: string, content: string): Promise<string> =>
    attempt(directory, async () => {
      const path = join(directory, name);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFileAtomically(path, content);
      return path;
    });
  return {
    location: directory,
    exists: () =>
      attempt(directory, async () => {
        const entry = await stat(directory, { throwIfNoEntry: false });
        return entry?.isDirectory() ?? false;
      }),
    async prepare() {
      await put(SIGNPOST.name, SIGNPOST.content);
      await attempt(directory, () => filesOf(directory));
    },
    put,
    get: (name) => attempt(directory, () => readIfThere(join(directory, name))),
    list: (beginning, ending) => listNames(directory, beginning, ending),
  };
}

async function* listNames(
  directory: string,
  beginning: string,
  ending: string,
): AsyncGenerator<string> {
  for (const { name } of await attempt(directory, () => filesOf(directory))) {
    if (name.startsWith(beginning) && name.endsWith(ending)) yield name;
  }
}

/** What is being written begins with a dot. What was moved elsewhere and linked is there as well. */
async function filesOf(directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const entry = await file.stat();
      if (!entry.isFile()) throw new Unreadable('it is no regular file');
      const { size } = entry;
      if (size > STORED_FILE_MAX) throw new Unreadable(`it has ${size} bytes`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function attempt<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new StepFailure(
      'ReportStoreFailed',
      `The store of reports, ${directory}, failed: ${why}.`,
      {
        remedy:
          'Name a directory that can be read and written to, with --reports or PATCHCYCLE_REPORTS.',
      },
    );
  }
}
