import type { RebootRequired } from '../domain/plan.ts';
import type { HealthSnapshot } from '../domain/health.ts';
import { hiddenProcesses } from '../host/process-table.ts';
import { hasSystemd } from '../host/systemd.ts';
import type { Argv, HostTools } from '../host/tools.ts';
import type { Manifest } from './manifest.ts';
import { findStaleProcesses, type StaleProcess, type StaleProcesses } from './stale-code.ts';

/** A unit as systemd has it now. */
export type UnitNow = {
  id: string;
  /** `not-found`: its file is gone, it lives on in memory. */
  loadState: string;
  activeState: string;
  /** `enabled`: it is started with the host. */
  unitFileState: string;
  /** Whether a timer, a socket or a bus name starts it when there is work. */
  onDemand: boolean;
  /** When its main process was started, on the kernel's clock; 0 for none. */
  startedMs: number;
};

export type SettleInput = {
  manifest: Manifest;
  backedUpAtMs: number;
  /** How the services were before the change. */
  before: HealthSnapshot;
  /** The host was booted since the backup, and so with the change, and will be booted again. */
  rebootFollows: boolean;
};

/** What brings the units to where they were; every list is sorted. */
export type UnitPlan = { stop: string[]; forget: string[]; restart: string[] };

/**
 * Units that are not restarted: what runs the host (a restart of dbus takes half of the host along,
 * that of journald loses lines, that of a getty throws somebody out), and patchcycle itself, which is
 * at work. Old code in them goes with a reboot.
 */
const NOT_RESTARTED =
  /^(?:patchcycle[-@.]|init\.scope|dbus[-.@]|systemd-|user@|user-runtime-dir@|session-|getty@|serial-getty@|console-getty\.)/;

/** Stopping and starting a service may each take systemd's 90 s. */
const SYSTEMCTL_TIMEOUT_MS = 5 * 60_000;

const PROPERTIES =
  'Id,LoadState,ActiveState,UnitFileState,Type,TriggeredBy,ExecMainStartTimestampMonotonic';

const PATTERNS = ['*.service', '*.socket', '*.timer', '*.path'];

/** As RebootRequired bounds a reason. */
const REASON_LENGTH_MAX = 500;

/** Processes that a reason names; more are counted. */
const NAMED_MAX = 6;

/**
 * After the files are back: stops what the change had started, starts what it had stopped or broken,
 * and restarts what was started since the backup, for it may have read any file of the change: a
 * library, a script, a configuration. Answers whether only a reboot gets rid of the rest.
 * Whether the services are well afterwards is not judged here. Running it again restarts the same
 * services once more.
 */
export async function settleServices(
  tools: Pick<HostTools, 'run' | 'progress'>,
  { manifest, backedUpAtMs, before, rebootFollows }: SettleInput,
): Promise<RebootRequired> {
  const look = () => findStaleProcesses(manifest, backedUpAtMs);
  if (await hasSystemd()) {
    await systemctl(tools, ['daemon-reload']);
    const units = await readUnits(tools);
    const plan = planUnits(units, {
      before,
      stale: (await look()).stale,
      sinceMs: rebootFollows ? Infinity : monotonicMs() - (Date.now() - backedUpAtMs),
    });
    await carryOut(tools, plan);
  }
  return judge(await look());
}

/**
 * Decides from how units are and were. `sinceMs` is the time of the backup on the kernel's clock;
 * after a boot with the change it is beyond all times, because the next boot starts everything anew.
 */
export function planUnits(
  units: readonly UnitNow[],
  {
    before,
    stale,
    sinceMs,
  }: { before: HealthSnapshot; stale: readonly StaleProcess[]; sinceMs: number },
): UnitPlan {
  const ran = new Set(before.activeServices.map((name) => `${name}.service`));
  const hadFailed = new Set(before.failedUnits);
  const staleUnits = new Set(stale.flatMap(({ unit }) => (unit === null ? [] : [unit])));
  const may = ({ id }: UnitNow): boolean => !NOT_RESTARTED.test(id);
  const isUp = ({ activeState }: UnitNow): boolean =>
    ['active', 'activating', 'reloading'].includes(activeState);

  const stop = units.filter(
    (unit) => may(unit) && isUp(unit) && !ran.has(unit.id) && isOfTheChange(unit),
  );
  const forget = units.filter(
    ({ id, activeState }) => activeState === 'failed' && !hadFailed.has(id),
  );
  const restart = units.filter(
    (unit) =>
      may(unit) &&
      unit.id.endsWith('.service') &&
      unit.loadState === 'loaded' &&
      !stop.includes(unit) &&
      (isUp(unit)
        ? staleUnits.has(unit.id) || (ran.has(unit.id) && unit.startedMs > sinceMs)
        : ran.has(unit.id)),
  );
  const ids = (list: UnitNow[]): string[] => list.map(({ id }) => id).toSorted();
  return { stop: ids(stop), forget: ids(forget), restart: ids(restart) };
}

/**
 * A unit whose file is gone came with the change. So did a service that starts with the host and did
 * not run before. What runs for another reason (a timer's job, a service that somebody asked for
 * through its socket, one that an administrator started by hand) is not the change's.
 */
function isOfTheChange({ id, loadState, unitFileState, onDemand }: UnitNow): boolean {
  if (loadState === 'not-found') return true;
  return id.endsWith('.service') && unitFileState === 'enabled' && !onDemand;
}

async function readUnits(tools: Pick<HostTools, 'run'>): Promise<UnitNow[]> {
  const argv: Argv = ['systemctl', 'show', '--all', '--no-pager', `--property=${PROPERTIES}`, '--'];
  const { stdout } = await tools.run([...argv, ...PATTERNS]);
  return parseUnits(stdout);
}

/** Parses blocks of `NAME=VALUE`, one block a unit. */
export function parseUnits(stdout: string): UnitNow[] {
  return stdout.split('\n\n').flatMap((block) => {
    const values = new Map(
      block.split('\n').map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    const id = values.get('Id') ?? '';
    if (id === '') return [];
    return [
      {
        id,
        loadState: values.get('LoadState') ?? '',
        activeState: values.get('ActiveState') ?? '',
        unitFileState: values.get('UnitFileState') ?? '',
        onDemand:
          ['dbus', 'oneshot'].includes(values.get('Type') ?? '') ||
          (values.get('TriggeredBy') ?? '') !== '',
        startedMs: Number(values.get('ExecMainStartTimestampMonotonic') ?? 0) / 1_000,
      },
    ];
  });
}

async function carryOut(
  tools: Pick<HostTools, 'run' | 'progress'>,
  { stop, forget, restart }: UnitPlan,
): Promise<void> {
  if (stop.length > 0) {
    tools.progress(`stopping ${stop.join(', ')}`);
    await systemctl(tools, ['stop', '--', ...stop]);
  }
  // A unit that failed too often is not started before its failures are forgotten.
  if (forget.length > 0) await systemctl(tools, ['reset-failed', '--', ...forget]);
  if (restart.length > 0) {
    tools.progress(`restarting ${restart.join(', ')}`);
    await systemctl(tools, ['restart', '--', ...restart]);
  }
}

/** Failures are not judged: the proof compares what runs then with what ran before. */
async function systemctl(tools: Pick<HostTools, 'run'>, args: string[]): Promise<void> {
  await tools.run(['systemctl', ...args], { timeoutMs: SYSTEMCTL_TIMEOUT_MS });
}

/** Exported for tests. */
export function judge({ stale, hidden }: StaleProcesses): RebootRequired {
  if (stale.length === 0) {
    if (hidden.length > 0) return { answer: 'unknown', reason: hiddenProcesses(hidden) };
    return { answer: 'no', reason: 'nothing of the change runs any more' };
  }
  const named = stale
    .slice(0, NAMED_MAX)
    .map(({ name, pid, file }) => `${name} (pid ${pid}: ${file.slice(file.lastIndexOf('/') + 1)})`);
  const more = stale.length > NAMED_MAX ? ` and ${stale.length - NAMED_MAX} more` : '';
  return {
    answer: 'yes',
    reason: `code of the change still runs in ${named.join(', ')}${more}`.slice(
      0,
      REASON_LENGTH_MAX,
    ),
  };
}

/** The clock that systemd's monotonic times are of. */
function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
