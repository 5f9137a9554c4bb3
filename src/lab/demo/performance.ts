import type { Context } from '../../cli/kit.ts';
import type { Look } from '../../cli/paint.ts';
import type { Site } from '../site.ts';
import type { StageSettings } from './stage.ts';

/** What a performance is given. */
export type Performing = {
  context: Context;
  /** Where the reports and the inventory are written. */
  directory: string;
  settings: StageSettings;
  /** Approve without asking. */
  approve: boolean;
  stop: AbortSignal;
};

/** What was played, and how it is told. */
export type Performed = {
  site: Site;
  /** Whether every host ended as it had to. */
  ok: boolean;
  text: (look: Look) => string;
  /** The document of `--json`. */
  document: object;
  /** Commands to try while everything stays up. */
  toTry: readonly string[];
};
