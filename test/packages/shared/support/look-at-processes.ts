/*
 * Prints as JSON what can be said of all running processes, by whoever runs this:
 *
 *   node look-at-processes.ts
 */
import { judge } from '../../../../src/backup/services.ts';
import { findStaleProcesses } from '../../../../src/backup/stale-code.ts';
import { expectReboot } from '../../../../src/packages/shared/reboot-expected.ts';
import { askProcesses, judgeReboot } from '../../../../src/packages/shared/reboot.ts';

const tools = { run: () => Promise.reject(new Error('No program is needed')) };
const change = {
  ...{ name: 'a', architecture: 'amd64', oldVersion: '1.0', newVersion: '2.0', security: true },
  ...{ archive: 'a.deb', sha256: 'a'.repeat(64), sizeBytes: 1, origin: 'Model' },
};
const family = { isForBoot: () => false, filesOf: () => Promise.resolve([]) };
const nothing = { trees: [], excluded: [], entries: [] };

const answers = {
  expected: await expectReboot(tools as never, [change], family),
  required: await judgeReboot([askProcesses()]),
  afterRestore: judge(await findStaleProcesses(nothing, 0)),
};
console.log(JSON.stringify(answers));
