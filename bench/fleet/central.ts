/*
 * A central worker as it is, with the workflows of any bundle:
 *
 *   node central.ts ADDRESS BUNDLE REPORTS
 */
import { runCentralWorker } from '../../src/worker/central.ts';

const [address = '', bundlePath = '', reports = ''] = process.argv.slice(2);
await runCentralWorker({ bundlePath, reports, connection: { address } });
