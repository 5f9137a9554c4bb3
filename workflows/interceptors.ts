import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/**
 * Around every workflow. A signal of this project has one value. Called with all of a million, its
 * handler would overflow the stack, and the workflow task would fail at every retry.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [
    {
      handleSignal: (signal, next) => next({ ...signal, args: signal.args.slice(0, 1) }),
    },
  ],
});
