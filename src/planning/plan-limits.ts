import type { PlanLimits } from '../domain/plan-limits.ts';

/** Why a plan may not bring this version, as a sentence for `leftOut`; null when it may. */
export function objectionTo(
  change: { name: string; newVersion: string },
  { knownBad, pins }: PlanLimits,
): string | null {
  const { name, newVersion } = change;
  const what = `${name} ${newVersion} is left out`;
  if (knownBad.some((bad) => bad.package === name && bad.version === newVersion)) {
    return `${what}: it is known to be bad, see patchcycle known-bad`;
  }
  if (pins === undefined) return null;
  const proven = Object.hasOwn(pins.packages, name) ? pins.packages[name] : undefined;
  if (proven === newVersion) return null;
  return proven === undefined
    ? `${what}: the first hosts of rollout ${pins.rollout} did not install it`
    : `${what}: rollout ${pins.rollout} has proved ${proven}`;
}
