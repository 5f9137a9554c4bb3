import { afterEach, jest } from '@jest/globals';

afterEach(() => {
  jest.restoreAllMocks();
});

/**
 * From now on, until the test's end, this process takes itself for another user: what was made
 * before belongs to somebody else. Answers the number of the real user.
 */
export function becomeOtherUser(): number {
  const system = process as { getuid: () => number };
  const own = system.getuid();
  jest.spyOn(system, 'getuid').mockReturnValue(own + 4_711);
  return own;
}
