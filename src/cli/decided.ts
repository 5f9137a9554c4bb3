import type { CycleStateName } from '../domain/cycle.ts';
import type { DecisionKind } from '../domain/decision.ts';
import { EXIT } from './exit-codes.ts';
import type { Answer, Context } from './kit.ts';

const TAKEN: Record<DecisionKind, string> = {
  approve: 'approved',
  reject: 'rejected',
  abort: 'aborted',
  resolve: 'resolved',
};

/** What every decision answers that a cycle has taken. */
export function decided(
  { look }: Context,
  kind: DecisionKind,
  host: string,
  by: string,
  state: CycleStateName,
): Answer {
  const mark = look.paint('green', look.symbols.done);
  return {
    exitCode: EXIT.good,
    document: { host, decision: kind, by, accepted: true, state },
    text: `${mark} ${host} is ${TAKEN[kind]} by ${by}. Follow it: patchcycle status ${host} --watch`,
  };
}
