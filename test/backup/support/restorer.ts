/*
 * An agent reduced to one restore, to be killed in its middle. Says when it begins.
 *
 *   node restorer.ts ROOT BACKUP ARCHIVE_SHA256
 */
import { withBackup } from '../../../src/backup/record.ts';
import { restoreFrom } from '../../../src/backup/restore.ts';
import { treeRoot } from '../../../src/backup/tree-root.ts';
import { createRunCommand } from '../../../src/host/command.ts';

const [rootDirectory = '', directory = '', archiveSha256 = ''] = process.argv.slice(2);
const run = createRunCommand({ cycleDirectory: null, step: 'restore' });
const cycle = '20261124t184300z-1a2b3c4d';
process.send?.('restoring');
await withBackup(directory, { cycle, archiveSha256 }, (opened) =>
  restoreFrom(opened, treeRoot(rootDirectory), { run, progress: () => undefined }),
);
process.disconnect?.();
