import { join } from 'node:path';
import {
  bundleWorkflowCode,
  type Logger,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

const WORKFLOWS = join(import.meta.dirname, '..', '..', 'workflows');

/** The workflows as central workers run them, with what stands around every one. */
export function bundleWorkflows(logger: Logger): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath: join(WORKFLOWS, 'index.ts'),
    workflowInterceptorModules: [join(WORKFLOWS, 'interceptors.ts')],
    logger,
  });
}
