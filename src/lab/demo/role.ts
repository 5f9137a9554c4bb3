import type { Outcome } from '../../domain/outcome.ts';
import type { NamedPolicy } from '../../domain/policy.ts';
import type { SiteHostOptions } from '../site.ts';

/** One host of the demonstration: what it is, what is wanted for it, and how it has to end. */
export type Role = {
  options: SiteHostOptions;
  policy: NamedPolicy;
  groups: string[];
  expected: Outcome;
  /** What the audience is about to see. */
  story: string;
};

/** A short watch, because an audience waits; in earnest it is minutes. */
export const SOAK = '5s';
