import { setTimeout as sleep } from 'node:timers/promises';
import { StepFailure } from '../../domain/failure.ts';
import { commandFailure } from '../../host/command.ts';
import { hasSystemd } from '../../host/systemd.ts';
import type { HostTools } from '../../host/tools.ts';
import type { FindLockHolder } from './locks.ts';
import { readDropIn, removeDropIn, setAside, writeDropIn } from './updater-drop-in.ts';

/** The units by which a family's hosts change packages on their own. */
export type Updaters = {
  /** Timers, and services that only wait: they can be stopped at any time, and are what is switched on again. */
  waiting: readonly string[];
  /** Never stopped at their work, since the package tool may be running in them. */
  workers: readonly string[];
  /** Workers that stay for minutes after their work; they are in the way only while a lock is held. */
  daemons: readonly string[];
  /** Finds who is changing packages. */
  findLockHolder: FindLockHolder;
};

function unitsOf({ waiting, workers, daemons }: Updaters): string[] {
  return [...waiting, ...workers, ...daemons];
}

type Unit = { unit: string; loaded: boolean; active: boolean };

/** Names of updaters that are switched on or at work. */
export async function readUpdaters(tools: HostTools, updaters: Updaters): Promise<string[]> {
  if (!(await hasSystemd())) return [];
  return (await readUnits(tools, updaters)).filter(({ active }) => active).map(({ unit }) => unit);
}

/**
 * Switches the updaters off and waits, `waitMs` at most, until none is at work; answers those that
 * were on, which `remember` is told beforehand. Run again, also after a crash in its middle, it
 * answers the same.
 * Fails with `UpdatersNotSuspended`, naming who is still at work.
 */
export async function suspendUpdaters(
  tools: HostTools,
  updaters: Updaters,
  waitMs: number,
  remember: (names: readonly string[]) => Promise<void>,
): Promise<string[]> {
  if (!(await hasSystemd())) return [];
  const suspended: { unit: string; wasActive: boolean }[] = [];
  for (const { unit, loaded, active } of await readUnits(tools, updaters)) {
    if (loaded) suspended.push({ unit, wasActive: (await readDropIn(unit)) ?? active });
  }
  const names = suspended
    .filter(({ unit, wasActive }) => wasActive && updaters.waiting.includes(unit))
    .map(({ unit }) => unit);
  await remember(names);
  for (const { unit, wasActive } of suspended) await writeDropIn(unit, wasActive);
  await systemctl(tools, ['daemon-reload']);
  const stoppable = suspended
    .map(({ unit }) => unit)
    .filter((unit) => !updaters.workers.includes(unit));
  await stop(
    tools,
    stoppable.filter((unit) => unit.endsWith('.timer')),
  );
  await waitForWorkers(tools, updaters, waitMs);
  await stop(
    tools,
    stoppable.filter((unit) => unit.endsWith('.service')),
  );
  return names;
}

async function stop(tools: HostTools, units: readonly string[]): Promise<void> {
  if (units.length > 0) await systemctl(tools, ['stop', '--', ...units]);
}

/**
 * Switches on what was on: `names` of {@link suspendUpdaters}, and whatever a drop-in of an earlier
 * cycle says. Harmless where nothing is suspended.
 */
export async function resumeUpdaters(
  tools: HostTools,
  updaters: Updaters,
  names: readonly string[],
): Promise<void> {
  if (!(await hasSystemd())) return;
  const wanted = new Set(names);
  for (const unit of unitsOf(updaters)) {
    const wasActive = await readDropIn(unit);
    if (wasActive === null) continue;
    if (wasActive) wanted.add(unit);
    await setAside(unit);
  }
  await systemctl(tools, ['daemon-reload']);
  const loaded = (await readUnits(tools, updaters))
    .filter((unit) => unit.loaded)
    .map(({ unit }) => unit);
  const starting = loaded.filter((unit) => wanted.has(unit) && updaters.waiting.includes(unit));
  if (starting.length > 0) await systemctl(tools, ['start', '--', ...starting]);
  for (const unit of unitsOf(updaters)) await removeDropIn(unit);
}

async function waitForWorkers(tools: HostTools, updaters: Updaters, waitMs: number): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const units = await readUnits(tools, updaters);
    const holder = await updaters.findLockHolder();
    const inTheWay = units.filter(
      ({ unit, active }) =>
        active &&
        (updaters.workers.includes(unit) || (updaters.daemons.includes(unit) && holder !== null)),
    );
    if (inTheWay.length === 0) return;
    const names = inTheWay.map(({ unit }) => unit).join(', ');
    if (performance.now() >= giveUpAt) throw stillAtWork(names, waitMs);
    tools.progress(`waiting for ${names} to end`);
    await sleep(WORKERS_POLL_MS);
  }
}

const WORKERS_POLL_MS = 1_000;

function stillAtWork(names: string, waitMs: number): StepFailure {
  return new StepFailure(
    'UpdatersNotSuspended',
    `${names} is still changing packages after ${Math.round(waitMs / 1000)} s`,
    {
      remedy:
        'It is tried again. If it hangs, look at it with `systemctl status` and `journalctl -u`; nothing was stopped in the middle of its work.',
    },
  );
}

async function readUnits(tools: HostTools, updaters: Updaters): Promise<Unit[]> {
  const argv = [
    'systemctl',
    'show',
    '--property=Id,LoadState,ActiveState',
    '--',
    ...unitsOf(updaters),
  ] as const;
  const result = await tools.run([...argv]);
  if (result.exitCode !== 0) {
    throw commandFailure(
      'CommandFailed',
      'the other updaters could not be looked at',
      result,
      'Look with `systemctl status` whether systemd answers on this host.',
    );
  }
  return parseUnits(result.stdout);
}

/** Reads blocks of `systemctl show`, an empty line between two. */
export function parseUnits(stdout: string): Unit[] {
  return stdout
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
      );
      const state = fields.get('ActiveState') ?? 'inactive';
      return {
        unit: fields.get('Id') ?? '',
        loaded: fields.get('LoadState') === 'loaded',
        active: state !== 'inactive' && state !== 'failed',
      };
    });
}

/** Stopping unattended-upgrades waits for a run of its own to end, which systemd bounds with half an hour. */
const SYSTEMCTL_TIMEOUT_MS = 1_860_000;

async function systemctl(tools: HostTools, words: readonly string[]): Promise<void> {
  const result = await tools.run(['systemctl', ...words], { timeoutMs: SYSTEMCTL_TIMEOUT_MS });
  if (result.exitCode === 0) return;
  throw commandFailure(
    'UpdatersNotSuspended',
    `systemctl ${words[0]} failed for the host's own updaters`,
    result,
    'Look at the units with `systemctl status`; it is tried again.',
  );
}
