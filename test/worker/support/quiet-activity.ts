import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';

type Info = ConstructorParameters<typeof MockActivityEnvironment>[0];

/** An activity's surroundings without a server; failures are what the tests are about, so nobody is warned of them. */
export function quietActivity(info: Info = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
}
