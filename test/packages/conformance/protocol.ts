import type { FailureDetails, FailureType } from '../../../src/domain/failure.ts';
import type { AptSettings } from '../../../src/packages/apt/settings.ts';
import type { DnfSettings } from '../../../src/packages/dnf/settings.ts';
import type { PackageManager } from '../../../src/packages/port.ts';

export type Method = Exclude<keyof PackageManager, 'name' | 'commands'>;

/** Of every family. */
export type Settings = AptSettings & DnfSettings;

/** What a test asks of the manager on a lab host. */
export type Request = {
  manager: string;
  method: Method;
  args: readonly unknown[];
  settings: Settings;
  cycle: string;
  cycleDirectory: string;
};

export type Answer =
  | { value?: unknown; remembered: string[][] }
  | { failure: { type: FailureType; message: string; details: FailureDetails } };
