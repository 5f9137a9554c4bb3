import type { StepFailure } from '../domain/failure.ts';
import { commandFailure } from '../host/command.ts';
import { hasSystemd, LIST_FAILED_UNITS, parseUnitNames } from '../host/systemd.ts';
import type { CommandResult, RunCommand } from '../host/tools.ts';

export type ServiceState = {
  /** Name without `.service`. */
  name: string;
  /** Other names of the same unit: `sshd` for `ssh` on Debian. */
  aliases: string[];
  active: boolean;
  /** Whether it runs as long as the host does, and so must run again after a reboot. */
  permanent: boolean;
  /** systemd had to start it again and again, the last time a moment ago: at one look it runs, at the next it does not. */
  restarting: boolean;
};

export type UnitStates = {
  /** null where systemd does not run the host. */
  services: ServiceState[] | null;
  failedUnits: string[];
};

const PROPERTIES = [
  'Id',
  'Names',
  'ActiveState',
  'Type',
  'UnitFileState',
  'TriggeredBy',
  'NRestarts',
  'ActiveEnterTimestampMonotonic',
];

/** A service that stayed up this long after its last restart runs steadily. */
const STEADY_MS = 30_000;

/** One restart by systemd may be how a service starts up; from the second on it is a habit. */
const RESTARTS_MAX = 1;

/** Units that come and go with logins, checks and patchcycle's own work; nothing is wrong when they are gone. */
const PASSING_UNIT =
  /^(?:patchcycle[@.-]|run-|session-|user@|user-runtime-dir@|systemd-fsck@|systemd-coredump@|dbus-:|apt-daily|unattended-upgrades-|dnf-automatic|dnf-makecache|packagekit)/;

/** As many failed units as facts and reports tell of. */
const FAILED_UNITS_MAX = 200;

/**
 * The host's services and failed units. Asked by `systemctl show`, whose lines `NAME=VALUE` every
 * systemd since 219 prints alike; its JSON output is younger and has no restart counts.
 * Fails with `CommandFailed` where systemd runs and does not answer in full: a host of which
 * nothing was seen must not pass for one on which nothing is wrong.
 */
export async function readUnitStates(
  run: RunCommand,
  isSystemdHost: () => Promise<boolean> = hasSystemd,
): Promise<UnitStates> {
  const shown = await run([
    'systemctl',
    'show',
    '--all',
    '--no-pager',
    `--property=${PROPERTIES.join(',')}`,
    '--',
    '*.service',
  ]);
  const failed = await run(LIST_FAILED_UNITS);
  const unanswered = [shown, failed].find(({ exitCode, truncated }) => exitCode !== 0 || truncated);
  if (unanswered !== undefined) {
    if (await isSystemdHost()) throw notAnswered(unanswered);
    return { services: null, failedUnits: [] };
  }
  return {
    services: parseServices(shown.stdout, monotonicMs()),
    failedUnits: parseUnitNames(failed.stdout)
      .filter((name) => !PASSING_UNIT.test(name))
      .slice(0, FAILED_UNITS_MAX),
  };
}

function notAnswered(result: CommandResult): StepFailure {
  return commandFailure(
    'CommandFailed',
    `systemd runs this host and ${result.truncated ? 'its answer about services was cut off' : 'did not answer'}, so nobody knows how its services are.`,
    result,
    'Try the command on the host; "systemctl is-system-running" shows whether systemd answers at all. The step is tried again by itself.',
  );
}

/** Parses blocks of `NAME=VALUE`, one block a unit. `nowMs` is the clock of the kernel, which systemd's times are of. */
export function parseServices(stdout: string, nowMs: number): ServiceState[] {
  return stdout
    .split('\n\n')
    .map((block) => new Map(block.split('\n').map(propertyOf)))
    .flatMap((unit) => {
      const id = unit.get('Id') ?? '';
      return id.endsWith('.service') ? [serviceOf(id, unit, nowMs)] : [];
    })
    .filter(({ name }) => !PASSING_UNIT.test(`${name}.service`));
}

function serviceOf(id: string, unit: ReadonlyMap<string, string>, nowMs: number): ServiceState {
  const name = withoutEnding(id);
  const enteredMs = Number(unit.get('ActiveEnterTimestampMonotonic') ?? 0) / 1_000;
  return {
    name,
    aliases: namesOf(unit, 'Names').filter((alias) => alias !== name),
    active: ['active', 'reloading'].includes(unit.get('ActiveState') ?? ''),
    permanent: isPermanent(unit),
    restarting: Number(unit.get('NRestarts') ?? 0) > RESTARTS_MAX && nowMs - enteredMs < STEADY_MS,
  };
}

/**
 * Services that start on demand (by a bus name, a socket or a timer, without being enabled) may
 * have ended for lack of work; those that somebody started by hand do not survive a reboot; and
 * what systemd itself does once at boot may be skipped by a condition (systemd-sysusers runs only
 * on the first boot after an update). None of them is worse than before when it does not run.
 */
function isPermanent(unit: ReadonlyMap<string, string>): boolean {
  const state = unit.get('UnitFileState') ?? '';
  if (/^(?:enabled|enabled-runtime|generated|alias|linked|linked-runtime)$/.test(state))
    return true;
  const onDemand = unit.get('Type') === 'dbus' || (unit.get('TriggeredBy') ?? '') !== '';
  return state === 'static' && unit.get('Type') !== 'oneshot' && !onDemand;
}

function namesOf(unit: ReadonlyMap<string, string>, property: string): string[] {
  return (unit.get(property) ?? '')
    .split(' ')
    .filter((name) => name.endsWith('.service'))
    .map(withoutEnding);
}

function propertyOf(line: string): [string, string] {
  const at = line.indexOf('=');
  return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function withoutEnding(id: string): string {
  return id.replace(/\.service$/, '');
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
