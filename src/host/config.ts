import { join } from 'node:path';
import { z } from 'zod';
import { StepFailure } from '../domain/failure.ts';
import { AbsolutePath, HostName } from '../domain/names.ts';
import { parseYaml } from '../planning/yaml-issues.ts';
import { readGuardedFile } from './guarded-file.ts';
import type { HostPaths } from './paths.ts';

/**
 * How the agent reaches Temporal, in the terms of Temporal's own environment configuration: a
 * profile of its configuration file, and what is set beside it. API keys belong in that file or in
 * the unit's environment and never here.
 */
const TemporalSettings = z.strictObject({
  configFile: AbsolutePath.optional(),
  profile: z.string().min(1).max(100).optional(),
  address: z
    .string()
    .regex(
      /^[A-Za-z0-9.:[\]_-]{1,260}:\d{1,5}$/,
      'an address is a name and a port: temporal.example.org:7233',
    )
    .optional(),
  namespace: z.string().min(1).max(255).optional(),
  tls: z
    .strictObject({
      disabled: z.boolean().optional(),
      serverName: z.string().min(1).max(253).optional(),
      serverCaCertPath: AbsolutePath.optional(),
      clientCertPath: AbsolutePath.optional(),
      clientKeyPath: AbsolutePath.optional(),
    })
    .optional(),
});

/** What root decides for one host, in /etc/patchcycle/agent.yaml. Unknown keys are errors. */
export const HostConfig = z.strictObject({
  /** The name by which cycles address this host. */
  host: HostName,
  /** Whether this host accepts a plan that no person has approved. */
  unattended: z.boolean().default(false),
  /** Who may approve, in the format of ssh-keygen's allowed signers; then only signed approvals count. */
  allowedSigners: AbsolutePath.optional(),
  temporal: TemporalSettings.prefault({}),
});
export type HostConfig = z.infer<typeof HostConfig>;

export function configFile(paths: HostPaths): string {
  return join(paths.configDirectory, 'agent.yaml');
}

function howToMake({ configDirectory }: HostPaths): string {
  return `Make it from agent.yaml.example (mkdir -p ${configDirectory}); two lines are enough: "host: NAME" and "temporal: { address: SERVER:7233 }".`;
}

/**
 * Reads agent.yaml. Fails with `HostRefuses` when there is none or others than root could write
 * it, and with `BadInput`, naming every error with line and column, when it is wrong.
 */
export async function loadHostConfig(paths: HostPaths): Promise<HostConfig> {
  const path = configFile(paths);
  const parsed = parseYaml(await readGuardedFile(path, howToMake(paths)), path, HostConfig);
  if (parsed.ok) return parsed.value;
  const findings = parsed.errors
    .slice(0, 50)
    .map(({ line, column, message, remedy }) => `${path}:${line}:${column}: ${message}. ${remedy}`);
  throw new StepFailure('BadInput', `${path} is wrong, so the agent does not start.`, {
    remedy: 'Correct it and start the agent again: systemctl restart patchcycle-agent.',
    findings,
  });
}
