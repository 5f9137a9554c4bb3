import { CancellationScope } from '@temporalio/workflow';
import type { Cycle } from './cycle.ts';

/** One step's undo. It may run twice, and without its step having run. */
export type Undo = { of: string; run: () => Promise<void> };

/**
 * Remembers the undo of a step. It is called before the step runs, because a step that failed may
 * have done half of its work.
 */
export function registerUndo(cycle: Cycle, of: string, run: () => Promise<void>): void {
  cycle.undos.push({ of, run });
}

/** Forgets a step's undo: it is proven good, or a person accepts it. */
export function dropUndo(cycle: Cycle, of: string): void {
  const kept = cycle.undos.filter((undo) => undo.of !== of);
  cycle.undos.splice(0, cycle.undos.length, ...kept);
}

/**
 * Runs the undos in reverse. An undo that fails stays registered together with all before it, and
 * its failure is thrown: whoever calls again goes on where it stopped.
 */
export async function runUndos(cycle: Cycle): Promise<void> {
  await CancellationScope.nonCancellable(async () => {
    for (;;) {
      const undo = cycle.undos.at(-1);
      if (undo === undefined) return;
      await undo.run();
      cycle.undos.pop();
    }
  });
}
