import type { LogLine } from './line.ts';

/**
 * Errors that people and peers from outside cause and that say nothing about a patch: each with
 * the programs that log it. A quiet host that is scanned for the first time during a soak must not
 * be put back for it.
 */
const NOISE: readonly { programs: RegExp; message: RegExp }[] = [
  {
    // Logins that fail, and connections that peers break off before they have logged in.
    programs: /^(?:sshd|sshd-session|sshd-auth)$/,
    message:
      /\[preauth\]$|^(?:error: )?(?:PAM: )?(?:kex_exchange_identification|kex_protocol_error|maximum authentication attempts exceeded|Authentication failure|User not known|beginning MaxStartups|drop connection)|^(?:fatal: )?(?:Timeout before authentication|Read from socket failed|Write failed)|\b(?:Invalid user|authentication failure|Connection (?:closed|reset) by)\b/i,
  },
  {
    programs: /^(?:sudo|su|su-l|login|polkitd|polkit-agent-helper-1|gdm-password|systemd-logind)$/,
    message:
      /authentication failure|FAILED (?:LOGIN|su)|incorrect password attempt|NOT in sudoers|command not allowed|a password is required|conversation failed/i,
  },
];

/** Whether a line is left out: of the noise above, or matched by a pattern of the policy. */
export function isNoise({ program, message }: LogLine, ignore: readonly RegExp[]): boolean {
  return (
    NOISE.some(({ programs, message: text }) => programs.test(program) && text.test(message)) ||
    ignore.some((pattern) => pattern.test(message) || pattern.test(`${program}: ${message}`))
  );
}
