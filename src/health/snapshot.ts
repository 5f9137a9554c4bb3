import type { HealthSnapshot, ProbeResult } from '../domain/health.ts';
import type { Health } from '../domain/policy.ts';
import type { HostTools } from '../host/tools.ts';
import { probeHttp } from './http-probe.ts';
import { readUnitStates, type ServiceState } from './services.ts';
import { probeTcp } from './tcp-probe.ts';

/**
 * How the host is now. `activeServices` are those that run, run steadily and belong to the host
 * for good, and the policy's own by the names that it gives them. Changes nothing; each probe is
 * bounded by its own limit.
 * Fails with `CommandFailed` (may be retried) where systemd runs and does not answer.
 */
export async function takeSnapshot(
  tools: Pick<HostTools, 'run' | 'progress'>,
  health: Health,
): Promise<HealthSnapshot> {
  const takenAt = new Date().toISOString();
  const { services, failedUnits } = await readUnitStates(tools.run);
  const probes: ProbeResult[] = [];
  // One after the other: asked at once they would slow each other down, and times are compared.
  for (const ask of [
    ...health.http.map((http) => () => probeHttp(http)),
    ...health.tcp.map((tcp) => () => probeTcp(tcp)),
  ]) {
    tools.progress(`asking probe ${probes.length + 1}`);
    probes.push(await ask());
  }
  return {
    takenAt,
    activeServices: activeNames(services ?? [], health.services),
    failedUnits,
    probes,
  };
}

function activeNames(services: readonly ServiceState[], required: readonly string[]): string[] {
  const running = services.filter(({ active, restarting }) => active && !restarting);
  const names = running.filter(({ permanent }) => permanent).map(({ name }) => name);
  const asked = required.filter((name) =>
    running.some((service) => service.name === name || service.aliases.includes(name)),
  );
  return [...new Set([...names, ...asked])].toSorted();
}

/**
 * What the policy requires and a snapshot does not show, one sentence each: services that do not
 * run, probes that do not answer. Empty means that the host does what it is for.
 */
export function unmetRequirements(snapshot: HealthSnapshot, health: Health): string[] {
  return [
    ...health.services
      .filter((name) => !snapshot.activeServices.includes(name))
      .map((name) =>
        snapshot.failedUnits.includes(`${name}.service`)
          ? `service ${name} has failed`
          : `service ${name} does not run, or not steadily`,
      ),
    ...snapshot.probes.filter(({ ok }) => !ok).map(({ probe, detail }) => `${probe} ${detail}`),
  ];
}
