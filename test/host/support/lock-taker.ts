/*
 * One of many processes that want the host's lock: prints `taken` or the type of its failure.
 *
 *   node lock-taker.ts STATE_DIRECTORY CYCLE [TAKE_OVER]
 */
import { StepFailure } from '../../../src/domain/failure.ts';
import { acquireLock } from '../../../src/host/lock.ts';

const [stateDirectory = '', cycle = '', takeOver] = process.argv.slice(2);
const paths = { stateDirectory, configDirectory: '/nowhere', archiveDirectory: '/nowhere' };
const request = {
  cycle,
  namespace: 'default',
  workflowId: 'patch/web-1',
  requestedBy: 'test',
  takeOver,
};
try {
  await acquireLock(paths, request);
  console.log('taken');
} catch (error) {
  if (!(error instanceof StepFailure)) throw error;
  console.log(error.type);
}
