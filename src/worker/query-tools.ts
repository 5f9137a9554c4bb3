import { createRunCommand } from '../host/command.ts';
import type { HostTools } from '../host/tools.ts';

/** Tools for questions outside of any cycle: nothing is logged, and nothing can be changed. */
export function queryTools(asker: string, signal?: AbortSignal): HostTools {
  return {
    run: createRunCommand({
      cycleDirectory: null,
      step: asker,
      ...(signal === undefined ? {} : { signal }),
    }),
    runJob: () =>
      Promise.reject(new Error('A question changes nothing, so it has no package jobs')),
    progress: () => {},
  };
}
