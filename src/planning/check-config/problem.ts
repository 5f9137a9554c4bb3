import type { Explained } from '../yaml-issues.ts';

/** One thing that is wrong with the operator's file: where in the document, and what to do. */
export type Problem = Explained;
