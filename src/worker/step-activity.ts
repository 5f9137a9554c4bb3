import { CompleteAsyncError, Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { z } from 'zod';
import type { StepContext } from '../../activities/context.ts';
import { StepFailure } from '../domain/failure.ts';
import type { StepInput, StepName } from '../domain/steps.ts';
import { requireLock } from '../host/lock.ts';
import { applicationFailure, asStepFailure, badInput } from './application-failure.ts';
import { startPulse } from './heartbeat.ts';
import { openStepContext, type AgentParts } from './step-context.ts';

export type StepDefinition<Input extends StepInput, Output> = {
  /** The step's name for people and in the command log. */
  name: StepName | 'release';
  schema: z.ZodType<Input>;
  run: (context: StepContext, input: Input) => Promise<Output>;
  /** Whether the cycle must have the host's lock; not so for steps that change nothing but lists and reports. */
  needsLock: boolean;
};

/**
 * Makes a step an activity: input validated, meant for this host, of the cycle that has the lock;
 * heartbeats while it runs; and whatever it throws turned into an ApplicationFailure. A step that
 * is cancelled stops waiting and ends its commands; package jobs go on.
 */
export function stepActivity<Input extends StepInput, Output>(
  parts: AgentParts,
  definition: StepDefinition<Input, Output>,
): (input: unknown) => Promise<Output> {
  const { host } = parts.config;
  return async (rawInput) => {
    const activity = Context.current();
    const pulse = startPulse(activity);
    const signal = activity.cancellationSignal;
    try {
      const input = parseInput(definition, rawInput, host);
      if (definition.needsLock) await requireLock(parts.paths, input.cycle);
      const { progress } = pulse;
      const run = { cycle: input.cycle, step: definition.name, progress, signal };
      return await definition.run(await openStepContext(parts, run), input);
    } catch (error) {
      if (error instanceof CompleteAsyncError) throw error;
      if (signal.aborted && isEndedBySignal(error)) throw error;
      throw applicationFailure(asStepFailure(error, host, definition.name));
    } finally {
      pulse.stop();
    }
  };
}

function parseInput<Input extends StepInput>(
  { schema, name }: StepDefinition<Input, unknown>,
  rawInput: unknown,
  host: string,
): Input {
  const parsed = schema.safeParse(rawInput);
  if (!parsed.success) throw badInput(parsed.error, name);
  if (parsed.data.host === host) return parsed.data;
  throw new StepFailure(
    'HostRefuses',
    `This is ${host}, and it was asked to act as ${parsed.data.host}.`,
    {
      remedy: `Look at "host" in /etc/patchcycle/agent.yaml of both hosts: two agents must not share a queue.`,
    },
  );
}

function isEndedBySignal(error: unknown): boolean {
  return (
    error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError')
  );
}
