import {
  CancellationScope,
  getExternalWorkflowHandle,
  TemporalFailure,
  type SignalDefinition,
} from '@temporalio/workflow';

/**
 * Sends a message to another workflow, or to one run of it, whatever is cancelled meanwhile. Answers whether it was
 * delivered: one that is over, or never was, hears nothing, and that is no failure of the sender.
 */
export async function tellWorkflow(
  workflowId: string,
  signal: SignalDefinition<[unknown]>,
  message: unknown,
  runId?: string,
): Promise<boolean> {
  try {
    await CancellationScope.nonCancellable(() =>
      getExternalWorkflowHandle(workflowId, runId).signal(signal, message),
    );
    return true;
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    return false;
  }
}
