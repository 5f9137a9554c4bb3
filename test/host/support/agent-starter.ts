/*
 * An agent reduced to its start: says `started` and stays, or prints why it may not.
 *
 *   node agent-starter.ts STATE_DIRECTORY
 */
import { StepFailure } from '../../../src/domain/failure.ts';
import { becomeOnlyAgent } from '../../../src/host/instance-lock.ts';

const [stateDirectory = ''] = process.argv.slice(2);
const paths = { stateDirectory, configDirectory: '/nowhere', archiveDirectory: '/nowhere' };
try {
  await becomeOnlyAgent(paths);
  console.log('started');
  setTimeout(() => {}, 60_000);
} catch (error) {
  if (!(error instanceof StepFailure)) throw error;
  console.log(`${error.type}: ${error.message}`);
}
