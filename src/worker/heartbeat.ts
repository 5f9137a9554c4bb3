import type { Context } from '@temporalio/activity';
import { maskedTail } from '../host/mask.ts';

/** A small part of the 20 s after which a silent agent's step is given to it again. */
const EVERY_MS = 2_000;

const TEXT_LENGTH_MAX = 200;

export type Pulse = {
  /** What the step is doing; shown beside the pending activity. */
  progress: (text: string) => void;
  stop: () => void;
};

/** Says every two seconds that a step is alive and what it is doing. */
export function startPulse({ heartbeat }: Pick<Context, 'heartbeat'>): Pulse {
  let text = '';
  const beat = () => heartbeat(text);
  beat();
  const timer = setInterval(beat, EVERY_MS);
  return {
    progress: (next) => {
      text = maskedTail(next, TEXT_LENGTH_MAX);
    },
    stop: () => clearInterval(timer),
  };
}
