import { StepFailure } from '../domain/failure.ts';
import { commandFailure } from './command.ts';
import type { RunCommand } from './tools.ts';

/**
 * Tells the host to reboot in a second, detached from this process, so that what asked for it can
 * end in order. `unit` is the name of the timer: while an order of that name is pending, systemd
 * refuses a second one, which is as good as the first.
 * Fails with `UnsupportedHost` without systemd and with `CommandFailed` when systemd refuses.
 */
export async function orderReboot(run: RunCommand, host: string, unit: string): Promise<void> {
  const result = await run([
    'systemd-run',
    '--quiet',
    '--collect',
    `--unit=${unit}`,
    '--on-active=1',
    // The default accuracy of a timer is a minute: measured, it fired 45 s late.
    '--timer-property=AccuracySec=100ms',
    '--',
    'systemctl',
    'reboot',
  ]);
  if (result.exitCode === 0 || /already (?:loaded|exists)/i.test(result.stderr)) return;
  // The first is what systemd-run says where another program is process 1, the second where it is missing.
  if (/not been booted with systemd|ENOENT/.test(result.stderr)) {
    throw new StepFailure('UnsupportedHost', `${host} has no systemd that could reboot it.`, {
      remedy: `Set "reboot: never" in its policy and reboot ${host} by hand after its cycles. If the cycle waits for a person, reboot ${host} by hand now and resolve with retry; after a restore, with accept.`,
    });
  }
  throw commandFailure(
    'CommandFailed',
    `${host} did not take the order to reboot.`,
    result,
    `Look at the host's journal (journalctl -b -p warning); reboot it by hand if need be: the cycle notices.`,
  );
}
