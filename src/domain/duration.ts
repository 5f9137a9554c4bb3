import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d{1,6})(ms|s|m|h|d)$/;

/** A length of time as people write it: `500ms`, `30s`, `2m`, `72h`, `14d`. */
export const Duration = z
  .string()
  .regex(PATTERN, 'a duration is a whole number and a unit: 500ms, 30s, 2m, 72h or 14d');
export type Duration = z.infer<typeof Duration>;

/** The length in milliseconds. Throws on text that {@link Duration} would have refused. */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = PATTERN.exec(duration) ?? [];
  if (amount === undefined || unit === undefined) {
    throw new Error(`"${duration}" passed for a duration without having been validated`);
  }
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** The two largest units of a length of time, for people: `1h 5m`, `2m 3s`, `1.4s`, `20ms`. */
export function formatDuration(lengthMs: number): string {
  const ms = Math.max(0, Math.round(lengthMs));
  if (ms < 1_000) return `${ms}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1).replace(/\.0$/, '')}s`;
  const parts: [number, string][] = [
    [Math.floor(ms / 86_400_000), 'd'],
    [Math.floor((ms % 86_400_000) / 3_600_000), 'h'],
    [Math.floor((ms % 3_600_000) / 60_000), 'm'],
    [Math.floor((ms % 60_000) / 1_000), 's'],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}
