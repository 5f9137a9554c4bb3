import { mkdir, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BootIdentity } from '../domain/facts.ts';
import { StepFailure } from '../domain/failure.ts';
import { createFileExclusively } from './atomic-file.ts';
import { isSameBoot, readBootIdentity } from './boot-identity.ts';
import { orIfMissing } from './errno.ts';
import type { HostPaths } from './paths.ts';
import { isAlive, readProcess } from './process-table.ts';

/*
 * One agent a state directory: two would take each other's steps from the same queue, and one would
 * delete what the other is making.
 *
 * As with the lock of a cycle it is a row of numbered files, in `<state>/agent/`, of which exactly
 * one of many callers creates the next. Its holder is a process, so nothing has to be given back: a
 * number counts for as long as that process runs. A socket or a port would go with its process too,
 * but any user of the host could take it first and keep the agent from starting.
 */

const Instance = z.object({
  pid: z.number().int(),
  /** A pid is used again, a pid with its start and its boot is not. */
  startTicks: z.string(),
  boot: BootIdentity,
});
type Instance = z.infer<typeof Instance>;

/**
 * The numbers just past are kept: whoever looked before they were taken must find them taken, and
 * not create one of them again below the top.
 */
const NUMBERS_KEPT = 20;

/** Each start that finds the number taken waits for nobody, so a few are a race and more are none. */
const ATTEMPTS_MAX = 100;

/**
 * Makes this process the one agent of its state directory, until it ends. Called again by the same
 * process it answers the same. Fails with `HostLocked`, naming the pid of the agent that runs.
 */
export async function becomeOnlyAgent(paths: HostPaths): Promise<void> {
  const directory = join(paths.stateDirectory, 'agent');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const own = await thisInstance();
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const { number, instance } = await readTop(directory);
    if (instance !== null && isSame(instance, own)) return;
    if (instance !== null && (await isRunning(instance, own))) throw running(instance, paths);
    if (await createFileExclusively(join(directory, String(number + 1)), JSON.stringify(own))) {
      await removePast(directory, number + 1);
      return;
    }
  }
  throw new Error(`${directory} changed ${ATTEMPTS_MAX} times while this agent started`);
}

async function removePast(directory: string, top: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (Number(name) <= top - NUMBERS_KEPT)
      await orIfMissing(unlink(join(directory, name)), undefined);
  }
}

async function thisInstance(): Promise<Instance> {
  const entry = await readProcess(process.pid);
  if (entry === null) throw new Error('/proc does not show this process');
  return { pid: entry.pid, startTicks: entry.startTicks, boot: await readBootIdentity() };
}

async function readTop(directory: string): Promise<{ number: number; instance: Instance | null }> {
  const numbers = (await readdir(directory)).filter((name) => /^\d{1,12}$/.test(name)).map(Number);
  const number = Math.max(0, ...numbers);
  if (number === 0) return { number, instance: null };
  const text = await orIfMissing(readFile(join(directory, String(number)), 'utf8'), null);
  // Another one has taken the next number since the listing.
  if (text === null) return readTop(directory);
  return { number, instance: Instance.parse(JSON.parse(text)) };
}

function isSame(one: Instance, other: Instance): boolean {
  return (
    one.pid === other.pid && one.startTicks === other.startTicks && isSameBoot(one.boot, other.boot)
  );
}

async function isRunning(instance: Instance, own: Instance): Promise<boolean> {
  return isSameBoot(instance.boot, own.boot) && isAlive(instance);
}

function running({ pid }: Instance, { stateDirectory }: HostPaths): StepFailure {
  return new StepFailure(
    'HostLocked',
    `Another agent of this host is running, with the pid ${pid}; ${stateDirectory} is in its use.`,
    {
      remedy: `A host has one agent. Look at it with "systemctl status patchcycle-agent" or "ps -fp ${pid}", and stop one of the two.`,
    },
  );
}
