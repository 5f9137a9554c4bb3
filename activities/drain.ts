import { z } from 'zod';
import { durationMs } from '../src/domain/duration.ts';
import type { CycleId } from '../src/domain/names.ts';
import type { DrainSummary, StepInput } from '../src/domain/steps.ts';
import { runHook } from '../src/host/hooks.ts';
import { openJournal } from '../src/host/journal.ts';
import { cycleDirectory } from '../src/host/paths.ts';
import type { StepContext } from './context.ts';

/*
 * | step  | does                                               | undo                                    |
 * | ----- | -------------------------------------------------- | --------------------------------------- |
 * | drain | the host's hook takes traffic off; then the other  | undrain: those updaters on again; then  |
 * |       | updaters are written down and switched off         | the host's hook gives traffic back      |
 *
 * Both may run twice; undrain may run without drain.
 */

/** What drain has done so far; written before it is done, so that a crash leaves nothing forgotten. */
const DrainRecord = z.object({
  phase: z.enum(['draining', 'drained', 'undrained']),
  hook: z.string().nullable(),
  updaters: z.array(z.string()),
});
type DrainRecord = z.infer<typeof DrainRecord>;

const ENTRY = 'drain';

/**
 * Takes traffic off the host and stops others from changing its packages.
 * Fails with `HookFailed`, `HostRefuses`, `UpdatersNotSuspended`.
 */
export async function drain(context: StepContext, input: StepInput): Promise<DrainSummary> {
  const { journal, packages } = context;
  const before = await readRecord(journal);
  const hook = input.policy.hooks.drain ?? null;
  if (before.phase === 'drained') return { hook: before.hook, updatersSuspended: before.updaters };

  let updaters = before.updaters;
  const remember = async (phase: DrainRecord['phase'], names: readonly string[]) => {
    updaters = [...new Set([...updaters, ...names])];
    await journal.write(ENTRY, { phase, hook, updaters } satisfies DrainRecord);
  };
  await remember('draining', []);
  if (hook !== null) await callHook(context, input, hook, 'drain');
  await packages.suspendUpdaters((names) => remember('draining', names));
  await remember('drained', []);
  return { hook, updatersSuspended: updaters };
}

/**
 * Gives updaters and traffic back; does nothing where drain did nothing.
 * Fails with `HookFailed`, `HostRefuses`.
 */
export async function undrain(context: StepContext, input: StepInput): Promise<void> {
  const { journal, packages } = context;
  const record = await readRecord(journal);
  if (record.phase === 'undrained') return;
  await packages.resumeUpdaters(record.updaters);
  const hook = input.policy.hooks.undrain ?? null;
  if (hook !== null) await callHook(context, input, hook, 'undrain');
  await journal.write(ENTRY, {
    phase: 'undrained',
    hook: null,
    updaters: [],
  } satisfies DrainRecord);
}

/**
 * A cycle that takes over a dead one takes over what that one had switched off, so that it comes
 * back with the new cycle's end.
 */
export async function inheritDrain(context: StepContext, from: CycleId): Promise<void> {
  if ((await context.journal.read(ENTRY)) !== undefined) return;
  const predecessor = await readRecord(await openJournal(cycleDirectory(context.paths, from)));
  if (predecessor.phase === 'undrained') return;
  await context.journal.write(ENTRY, { ...predecessor, phase: 'draining' } satisfies DrainRecord);
}

async function readRecord(journal: StepContext['journal']): Promise<DrainRecord> {
  const document = await journal.read(ENTRY);
  return document === undefined
    ? { phase: 'undrained', hook: null, updaters: [] }
    : DrainRecord.parse(document);
}

async function callHook(
  context: StepContext,
  { host, cycle, policy }: StepInput,
  name: string,
  step: 'drain' | 'undrain',
): Promise<void> {
  context.tools.progress(`hook ${name}`);
  await runHook(context.tools.run, context.paths, {
    name,
    timeoutMs: durationMs(policy.limits.hook),
    env: { PATCHCYCLE_HOST: host, PATCHCYCLE_CYCLE: cycle, PATCHCYCLE_STEP: step },
  });
}
