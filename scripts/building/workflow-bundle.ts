import { join } from 'node:path';
import {
  bundleWorkflowCode,
  type Logger,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';

const WORKFLOWS = join(import.meta.dirname, '..', '..', 'workflows');

/** The workflows as central workers run them, with what stands around every one. `workflowsPath`: others in their place. */
export function bundleWorkflows(
  logger: Logger,
  workflowsPath = join(WORKFLOWS, 'index.ts'),
): Promise<WorkflowBundleWithSourceMap> {
  return bundleWorkflowCode({
    workflowsPath,
    preloadModules: [join(WORKFLOWS, 'shared-modules.ts')],
    workflowInterceptorModules: [join(WORKFLOWS, 'interceptors.ts')],
    logger,
  });
}
