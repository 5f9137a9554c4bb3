import type { HostConfig } from '../src/host/config.ts';
import type { HostPaths } from '../src/host/paths.ts';
import type { Journal } from '../src/host/journal.ts';
import type { HostTools } from '../src/host/tools.ts';
import type { PackageManager } from '../src/packages/port.ts';

/**
 * What one run of one step works with on its host. The agent makes a fresh one for every activity;
 * its tools write to this cycle's command log under this step's name.
 */
export type StepContext = {
  paths: HostPaths;
  config: HostConfig;
  tools: HostTools;
  packages: PackageManager;
  /** What this cycle has written down on the host so far. */
  journal: Journal;
};
