import { choosePackageManager } from '../packages/choose.ts';
import { hostActivities } from './host-activities.ts';
import { runHostWorker, type HostWorkerOptions } from './host-worker.ts';

export type AgentOptions = Pick<HostWorkerOptions, 'paths' | 'say'>;

/** The agent of a host: every step of the cycle, by the package tools that the host has. See {@link runHostWorker}. */
export function runAgent(options: AgentOptions = {}): Promise<void> {
  return runHostWorker({
    ...options,
    choosePackages: choosePackageManager,
    activities: hostActivities,
  });
}
