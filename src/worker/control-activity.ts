import { heartbeat } from '@temporalio/activity';
import type { ControlActivities } from '../domain/steps.ts';

/** A small part of the 20 s after which what a silent central worker had begun is given to another one. */
const EVERY_MS = 5_000;

/**
 * Lets each of these say that it is alive while it runs. Most are over long before the first time,
 * so it costs nothing; but one whose worker was killed is noticed by its silence.
 */
export function alive(activities: ControlActivities): ControlActivities {
  const living: Record<string, unknown> = {};
  for (const [name, run] of Object.entries(activities)) {
    living[name] = (...args: unknown[]) => whileAlive(() => (run as Activity)(...args));
  }
  return living as ControlActivities;
}

type Activity = (...args: unknown[]) => Promise<unknown>;

async function whileAlive<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
